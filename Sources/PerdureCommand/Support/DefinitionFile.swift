import Foundation
import WorkflowCore

/// Reads the text of definitions and of files of cases.
enum DefinitionFile {
    /// The text of a file.
    ///
    /// - Throws: `DefinitionErrors` that name the file, when it cannot be read or is no text.
    static func text(_ path: String) throws(DefinitionErrors) -> String {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw refused(path, "This is a folder; name the files in it, or the folder itself with --workflows.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refused(path, "The file cannot be read; check its path and permissions.")
        }
        return try DefinitionText.decode(data, file: path)
    }

    private static func refused(_ path: String, _ message: String) -> DefinitionErrors {
        DefinitionErrors(errors: [DefinitionError(file: path, message: message)])
    }
}
