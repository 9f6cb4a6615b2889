package import Model

/// Finds a model by its fingerprint.
package typealias ModelSource = (Fingerprint) throws -> Model
