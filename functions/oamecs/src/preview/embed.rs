//! A template around a document, as `oamecs embed` writes it.

use std::fmt::Write;
use std::path::Path;

/// The template. The document is put into a block string as it is, so that anchors, merge keys and quoting keep their
/// meaning; a service that is built gets a parameter for its image.
pub(crate) fn embed(document: &str, file: &Path) -> Result<String, String> {
    let document = document.strip_prefix('\u{feff}').unwrap_or(document).replace("\r\n", "\n");
    let values = oamecs::document::parse(&document).map_err(|error| error.to_string())?;
    let root = values.iter().find(|value| !value.is_null()).ok_or("the document is empty")?;
    let services = root.get("services").and_then(serde_yaml::Value::as_mapping);
    let services = services.ok_or("only Compose documents, with `services`, can be embedded by this version")?;
    let built: Vec<&str> = services
        .iter()
        .filter(|(_, service)| service.get("build").is_some() && service.get("image").is_none())
        .filter_map(|(name, _)| name.as_str())
        .collect();
    let id = logical_id(root.get("name").and_then(serde_yaml::Value::as_str), file);
    let mut text = String::from("Transform: OamEcs\n");
    if !built.is_empty() {
        text.push_str("Parameters:\n");
    }
    for name in &built {
        let _ = writeln!(
            text,
            "  {}Image:\n    Type: String\n    Description: Image of the service {name}, built and pushed before",
            pascal(name)
        );
    }
    let _ = write!(text, "Resources:\n  {id}:\n    Type: OamEcs::Compose\n    Properties:\n");
    if !built.is_empty() {
        text.push_str("      Images:\n");
    }
    for name in &built {
        let _ = writeln!(text, "        {name}: !Ref {}Image", pascal(name));
    }
    // The indicator tells the indentation where the first line is itself indented.
    text.push_str("      Document: |2\n");
    for line in document.trim_end().lines() {
        if line.trim().is_empty() {
            text.push('\n');
        } else {
            let _ = writeln!(text, "        {line}");
        }
    }
    Ok(text.trim_end().to_owned())
}

/// A logical id of the project's name, else of the folder that the file is in.
fn logical_id(name: Option<&str>, file: &Path) -> String {
    let folder = file.parent().and_then(Path::file_name).and_then(|folder| folder.to_str());
    let id = pascal(name.or(folder).unwrap_or_default());
    if id.starts_with(|first: char| first.is_ascii_alphabetic()) { id } else { format!("App{id}") }
}

fn pascal(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    words
        .filter_map(|word| {
            let mut characters = word.chars();
            Some(characters.next()?.to_ascii_uppercase().to_string() + characters.as_str())
        })
        .collect()
}
