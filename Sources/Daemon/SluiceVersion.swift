/// The program's version (semver.org).
package let sluiceVersion = "0.2.0"
