import ArgumentParser
import PerdureJSON

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the settings in force and where each comes from.")

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let settings = try options.settings()
        if json {
            let values = SettingKey.allCases.map { key in (key.rawValue, JSONValue.string(settings.masked(key))) }
            print(JSONValue.object(JSONObject(uniqueKeysWithValues: values)).jsonText)
            return
        }
        var table = TextTable(["SETTING", "VALUE", "FROM", "ENVIRONMENT", "MEANING"])
        for key in SettingKey.allCases {
            table.add([key.rawValue, settings.masked(key), settings.source(key), key.environmentName, key.meaning])
        }
        print(table.text)
    }
}
