//! The commands: each reads a file and answers with a text, or with what is wrong.

pub(crate) mod arguments;
mod embed;
mod report;

use std::io::{ErrorKind, Write as _};

use oamecs::fragment::{INLINE_BYTES, TEMPLATE_BYTES};
use oamecs::installation::Installation;
use oamecs::source::{self, Template};
use oamecs::{Compilation, Request};

use self::arguments::Arguments;
use self::report::{Report, fatal, no_template};

/// The most resources of a template.
const RESOURCE_LIMIT: usize = 500;

/// The processed template as JSON; notes go to standard error.
pub(crate) fn expand(arguments: &Arguments) -> Result<String, String> {
    let (template, compilation, report) = compile(arguments)?;
    if report.has_errors() {
        return Err(report.text());
    }
    tell(&report);
    let whole = template.with_transform(compilation.fragment());
    serde_json::to_string_pretty(&whole).map_err(|error| fatal(&arguments.file, None, &error.to_string(), None))
}

/// Findings, and where the template stands against CloudFormation's limits.
pub(crate) fn check(arguments: &Arguments) -> Result<String, String> {
    let (_, compilation, report) = compile(arguments)?;
    if report.has_errors() {
        return Err(report.text());
    }
    tell(&report);
    let fragment = compilation.fragment();
    let resources = fragment.get("Resources").and_then(serde_json::Value::as_object).map_or(0, serde_json::Map::len);
    let way = if compilation.size.fits_inline() { "can be passed inline" } else { "must go by way of S3" };
    Ok(format!(
        "{} is valid: {resources} of {RESOURCE_LIMIT} resources, {} bytes processed ({way}: {INLINE_BYTES} inline, {TEMPLATE_BYTES} by S3)",
        arguments.file, compilation.size.bytes
    ))
}

/// A template around documents.
pub(crate) fn embed(arguments: &Arguments) -> Result<String, String> {
    let names: Vec<&String> = std::iter::once(&arguments.file).chain(&arguments.further).collect();
    let texts = names.iter().map(|name| read(name)).collect::<Result<Vec<_>, _>>()?;
    // The folder's name may be in what the shell adds to the path.
    let paths: Vec<_> = names.iter().map(|name| std::path::absolute(name).unwrap_or_else(|_| name.into())).collect();
    let files: Vec<_> = paths.iter().zip(&texts).map(|(path, text)| embed::File { path, text }).collect();
    embed::embed(&files).map_err(|(index, error)| {
        let name = names.get(index).map_or("", |name| name.as_str());
        fatal(name, error.position, &error.message, error.fix.as_deref())
    })
}

fn compile(arguments: &Arguments) -> Result<(Template, Compilation, Report<'_>), String> {
    let file = &arguments.file;
    let text = read(file)?;
    let (template, fragment) = source::read(&text).map_err(|error| no_template(file, &error))?;
    let parameters =
        Template::parameter_values(&fragment, &arguments.parameters).map_err(|error| no_template(file, &error))?;
    let findings = template.findings(&fragment);
    let defaults = arguments.defaults.as_deref().map(read).transpose()?;
    let request = Request {
        fragment,
        parameters,
        transform_parameters: template.transform_parameters(),
        installation: Installation { defaults, ..Installation::default() },
        // What happens on every deployment is shown too; ECS takes no empty text.
        nonce: "preview".to_owned(),
    };
    let compilation = oamecs::compile(request);
    let mut report = Report::new(file);
    for (finding, position) in &findings {
        // What the compiler refuses it has told already.
        let is_told = compilation.findings.iter().any(|other| {
            other.is_error
                && !finding.path.is_empty()
                && other.path == finding.path
                && other.declaration == finding.declaration
        });
        if !is_told {
            report.add_at(finding, *position);
        }
    }
    for finding in &compilation.findings {
        report.add(finding, &template);
    }
    Ok((template, compilation, report))
}

fn tell(report: &Report<'_>) {
    let text = report.text();
    if !text.is_empty() {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the preview is what reads files, so that the compiler need not")]
fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| {
        let message = match error.kind() {
            ErrorKind::NotFound => "there is no such file".to_owned(),
            ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
            ErrorKind::InvalidData => "this is no text, which is UTF-8".to_owned(),
            _ => error.to_string(),
        };
        fatal(file, None, &message, None)
    })
}
