import Foundation

/// A stand-in for RabbitMQ's home folder that links only the libraries that the wanted plugins need.
///
/// At boot the node looks every module up along its whole code path, and the installation puts some eighty libraries
/// on it. With only the needed half there, boot takes about a third less time. The programs are the same, linked.
enum SlimBrokerHome {
    /// Builds the folder; nil where the installation does not look as expected, and the plain one must serve.
    static func build(at path: String, binaries: String, plugins: [String]) -> String? {
        // RabbitMQ's scripts leave the path unquoted, and Erlang parts its library paths by colons.
        guard !path.contains(where: { $0.isWhitespace || $0 == ":" }) else { return nil }
        let files = FileManager.default
        // `rabbitmq-server` may be a link out of a `bin` folder; its home is known by the libraries beside it.
        let real = URL(fileURLWithPath: "\(binaries)/rabbitmq-defaults").resolvingSymlinksInPath()
        let homes = [binaries + "/..", real.deletingLastPathComponent().path + "/.."] + installedHomes(near: binaries)
        guard let home = homes.first(where: { files.fileExists(atPath: "\($0)/plugins") }),
            let names = try? files.contentsOfDirectory(atPath: "\(home)/plugins")
        else { return nil }

        var libraries: [String: String] = [:]
        for name in names where name.contains("-") && !name.hasSuffix(".ez") {
            guard let library = name.split(separator: "-").first else { continue }
            // Two versions of one library: which one wins is the installation's business.
            guard libraries.updateValue(name, forKey: String(library)) == nil else { return nil }
        }
        guard let needed = closure(of: ["rabbit", "rabbitmq_prelaunch"] + plugins, libraries, home: home) else {
            return nil
        }
        do {
            try? files.removeItem(atPath: path)
            try files.createDirectory(atPath: "\(path)/plugins", withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: "\(path)/sbin", withDestinationPath: binaries)
            try files.createSymbolicLink(atPath: "\(path)/escript", withDestinationPath: "\(home)/escript")
            for library in needed {
                try files.createSymbolicLink(
                    atPath: "\(path)/plugins/\(library)", withDestinationPath: "\(home)/plugins/\(library)")
            }
            return path
        } catch {
            return nil
        }
    }

    /// Debian keeps the scripts in `…/rabbitmq/bin` and the libraries in `…/rabbitmq/lib/rabbitmq_server-<version>`.
    private static func installedHomes(near binaries: String) -> [String] {
        let folder = URL(fileURLWithPath: binaries).deletingLastPathComponent().path + "/lib"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let homes = names.filter { $0.hasPrefix("rabbitmq_server-") }
        return homes.count == 1 ? homes.map { "\(folder)/\($0)" } : []
    }

    /// The folders of the applications and of all that they name as needed. What is not among the libraries belongs
    /// to Erlang itself; a wanted plugin that is not there makes the answer nil.
    private static func closure(of roots: [String], _ libraries: [String: String], home: String) -> [String]? {
        guard roots.allSatisfy({ libraries[$0] != nil }) else { return nil }
        var needed: Set<String> = []
        var open = roots
        while let application = open.popLast() {
            guard let folder = libraries[application], needed.insert(folder).inserted else { continue }
            guard
                let text = try? String(
                    contentsOfFile: "\(home)/plugins/\(folder)/ebin/\(application).app", encoding: .utf8),
                let start = text.range(of: "{applications,"),
                let list = text[start.upperBound...].split(separator: "]", maxSplits: 1).first
            else { return nil }
            open += list.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }).map(String.init)
        }
        return needed.sorted()
    }
}
