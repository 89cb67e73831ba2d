import PerdureJSON

/// The schema that schemas of the draft have to satisfy, and those of its vocabularies, as
/// <https://json-schema.org/draft/2020-12/schema> publishes them. They are the only documents known by their address.
enum Metaschema {
    private static let base = "https://json-schema.org/draft/2020-12/"

    private static let texts: [String: @Sendable () -> [UInt8]] = [
        "schema": { PackageResources.schema_json },
        "meta/core": { PackageResources.core_json },
        "meta/applicator": { PackageResources.applicator_json },
        "meta/unevaluated": { PackageResources.unevaluated_json },
        "meta/validation": { PackageResources.validation_json },
        "meta/meta-data": { PackageResources.meta_data_json },
        "meta/format-annotation": { PackageResources.format_annotation_json },
        "meta/content": { PackageResources.content_json },
    ]

    /// The document at an address; nil for any other address.
    static func document(_ uri: String) -> JSONValue? {
        guard uri.hasPrefix(base), let text = texts[String(uri.dropFirst(base.count))] else { return nil }
        return try? JSONValue(parsing: text())
    }
}
