import Foundation
import Glibc
import TestSupport
import Testing

@testable import Daemon

/// Daemon and client find the same place, which no other user can enter.
@Suite struct ControlPlaceTests {
    private let folder: TemporaryFolder
    private let shared = "/tmp/sluice-\(geteuid())"

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test func theEnvironmentSaysWhere() {
        let runtime = folder.path
        #expect(
            ControlPlace.own(["RUNTIME_DIRECTORY": "/run/a:/run/b", "XDG_RUNTIME_DIR": runtime])
                == ControlPlace(folder: "/run/a", isManaged: true))
        #expect(
            ControlPlace.own(["XDG_RUNTIME_DIR": runtime])
                == ControlPlace(folder: runtime + "/sluice", isManaged: false))
        let long = runtime + "/" + String(repeating: "p", count: 90)
        for useless in ["", "relative", runtime + "/missing", long] {
            let place = ControlPlace.own(["XDG_RUNTIME_DIR": useless])
            #expect(place == ControlPlace(folder: shared, isManaged: false))
        }
    }

    @Test func theFolderIsTheUsersAlone() throws {
        let place = ControlPlace.own(["XDG_RUNTIME_DIR": folder.path])
        try place.prepare()
        #expect(mode(place.folder) == 0o700)
        unsafe chmod(place.folder, 0o755)
        try place.prepare()
        #expect(mode(place.folder) == 0o700)
    }

    @Test func whatIsNotTheUsersIsRefused() throws {
        let place = ControlPlace.own(["XDG_RUNTIME_DIR": folder.path])
        unsafe symlink("/tmp", place.folder)
        #expect(throws: ControlPlaceError.self) { try place.prepare() }
        unsafe unlink(place.folder)
        try Data().write(to: URL(filePath: place.folder))
        #expect(throws: ControlPlaceError.self) { try place.prepare() }
        unsafe unlink(place.folder)
        // Only the superuser can make a folder that is another's.
        guard geteuid() == 0 else { return }
        unsafe mkdir(place.folder, 0o700)
        unsafe chown(place.folder, 1, 1)
        let error = #expect(throws: ControlPlaceError.self) { try place.prepare() }
        #expect(error?.description.contains("belongs to user 1; expected") == true)
    }
}
