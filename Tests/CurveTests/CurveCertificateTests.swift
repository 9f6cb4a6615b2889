import Curve
import Foundation
import TestSupport
import Testing

@Suite struct CurveCertificateTests {
    /// The key of zmq_curve(7).
    @Test func keysHaveTheTextOfZ85() throws {
        let text = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
        let key = try #require(CurvePublicKey(text: text))
        #expect(key.text == text)
        #expect(Array(key.bytes.prefix(4)) == [0x54, 0xFC, 0xBA, 0x24])
        for broken in ["", "rq", text + "0", String(text.dropLast()), "~" + text.dropFirst()] {
            #expect(CurvePublicKey(text: broken) == nil, "\(broken)")
        }
        #expect(CurvePublicKey(text: String(repeating: "#", count: 40)) == nil)
    }

    @Test func pairsAreReadBack() throws {
        let folder = try TemporaryFolder()
        let pair = CurveKeyPair()
        let files = try CurveCertificate.write(pair, named: "alice", in: folder.path)
        let secret = try CurveCertificate(secretFile: files.secretFile)
        #expect(secret.publicKey == pair.publicKey)
        let same = secret.pair?.secretKey.withBytes { read in
            pair.secretKey.withBytes { read == $0 }
        }
        #expect(same == true)
        #expect(try CurveCertificate(publicFile: files.publicFile).publicKey == pair.publicKey)
        #expect(try CurveCertificate(publicFile: files.publicFile).pair == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: files.secretFile)
        #expect(mode[.posixPermissions] as? Int == 0o600)
        #expect(throws: CurveKeyError.self) {
            _ = try CurveCertificate(secretFile: files.publicFile)
        }
    }

    @Test func nothingIsOverwritten() throws {
        let folder = try TemporaryFolder()
        let files = try CurveCertificate.write(CurveKeyPair(), named: "alice", in: folder.path)
        let before = try Data(contentsOf: URL(filePath: files.secretFile))
        let error = #expect(throws: CurveKeyError.self) {
            _ = try CurveCertificate.write(CurveKeyPair(), named: "alice", in: folder.path)
        }
        #expect(error?.description.contains("exists") == true)
        #expect(try Data(contentsOf: URL(filePath: files.secretFile)) == before)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644, 0o777])
    func looseModesAreRefused(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        let files = try CurveCertificate.write(CurveKeyPair(), named: "a", in: folder.path)
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: files.secretFile)
        let error = #expect(throws: CurveKeyError.self) {
            _ = try CurveCertificate(secretFile: files.secretFile)
        }
        #expect(
            error?.problem.contains("chmod 600 \(files.secretFile)") == true,
            "\(String(describing: error))")
    }

    @Test func damagedFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        let other = CurveKeyPair()
        for text in ["", "curve\n", "curve\n  public-key = \"x\"\n", "\0\u{1}"] {
            let file = try folder.write(text, to: "key")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            #expect(throws: CurveKeyError.self) { _ = try CurveCertificate(secretFile: file) }
        }
        let files = try CurveCertificate.write(CurveKeyPair(), named: "a", in: folder.path)
        let text = try String(contentsOfFile: files.secretFile, encoding: .utf8)
        let key = try CurveCertificate(secretFile: files.secretFile).publicKey.text
        let mixed = text.replacingOccurrences(of: key, with: other.publicKey.text)
        let file = try folder.write(mixed, to: "key")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let error = #expect(throws: CurveKeyError.self) {
            _ = try CurveCertificate(secretFile: file)
        }
        #expect(error?.problem.contains("does not belong") == true)
    }
}
