//! What is wrong with a template, or worth knowing, before the macro runs: the macro itself cannot see it.

use serde_json::{Map, Value as Json};

use super::Template;
use super::template::{is_foreign, name_of};
use super::yaml11::Change;
use crate::diagnostic::{Rendered, Segment, path_text};
use crate::document::list;
use crate::fragment::{Kind, is_ours};

/// The name of the macro as it is installed, unless the installation says otherwise.
const MACRO: &str = "OamEcs";

impl Template {
    /// Errors and notes on the template around `fragment`, each with its line and column where it has them.
    pub fn findings(&self, fragment: &Map<String, Json>) -> Vec<(Rendered, Option<(usize, usize)>)> {
        let mut types = Vec::new();
        fragment.get("Resources").into_iter().for_each(|resources| collect_types(resources, &mut types));
        types.sort_unstable();
        types.dedup();
        let transform = self.transform(&types).map(|finding| (finding, None));
        let changes = self.changes.iter().filter_map(|change| Some((changed(change, fragment)?, None)));
        transform.into_iter().chain(self.aliases()).chain(changes).collect()
    }

    /// Whether the macro is called, by a name that it has.
    fn transform(&self, types: &[&str]) -> Option<Rendered> {
        let ours: Vec<&str> = self.macros().filter(|name| !is_foreign(name)).map(name_of).collect();
        let is_named = ours.iter().any(|name| *name == MACRO || name.ends_with("::OamEcs"));
        if types.is_empty() {
            let types = list(&Kind::ALL.map(Kind::name));
            return is_named.then(|| {
                Rendered::of(
                    false,
                    None,
                    "",
                    format!("no resource of the template has a type of this macro: {types}"),
                    None,
                )
            });
        }
        if ours.is_empty() {
            let others: Vec<&str> = self.macros().map(name_of).chain([MACRO]).collect();
            let fix = match others.as_slice() {
                [only] => format!("write `Transform: {only}` at the top of the template"),
                several => format!("write `Transform: [{}]`", several.join(", ")),
            };
            let message = format!(
                "the template has no `Transform: {MACRO}`, so CloudFormation would say \"Unrecognized resource types: [{}]\"",
                types.join(", ")
            );
            return Some(Rendered::of(true, None, "", message, Some(fix)));
        }
        if is_named {
            return None;
        }
        let message = format!(
            "the template calls {}, and the macro is installed as `{MACRO}` unless it was given another name",
            list(&ours)
        );
        Some(Rendered::of(false, None, "", message, Some(format!("write `Transform: {MACRO}`, if it was not"))))
    }

    fn aliases(&self) -> Option<(Rendered, Option<(usize, usize)>)> {
        let (name, place) = self.aliases.first()?;
        let others = match self.aliases.len() - 1 {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        let message = format!(
            "CloudFormation takes no aliases, such as `*{name}`{others} here; `sam deploy` and `aws cloudformation package` replace them before"
        );
        let fix = "deploy with one of these, or put the document in a block string (`Document: |`)".to_owned();
        Some((Rendered::of(false, None, "", message, Some(fix)), Some(*place)))
    }
}

/// The types of ours below `value`, which may be a loop that makes them.
fn collect_types<'a>(value: &'a Json, types: &mut Vec<&'a str>) {
    match value {
        Json::Object(entries) => {
            let kind = entries.get("Type").and_then(Json::as_str);
            match kind.filter(|kind| is_ours(kind)) {
                Some(kind) => types.push(kind),
                None => entries.values().for_each(|value| collect_types(value, types)),
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect_types(item, types)),
        _ => {}
    }
}

/// The note on a scalar of a declaration that CloudFormation reads otherwise than it is written.
fn changed(change: &Change, fragment: &Map<String, Json>) -> Option<Rendered> {
    let Change { path, written, read } = change;
    let [Segment::Key(section), Segment::Key(id), below @ ..] = path.as_slice() else { return None };
    let kind = fragment.get(&**section).filter(|_| &**section == "Resources")?.get(&**id)?.get("Type")?.as_str()?;
    is_ours(kind).then_some(())?;
    let key = |segment: &Segment, name: &str| matches!(segment, Segment::Key(key) if &**key == name);
    let below = match below {
        [properties, document, Segment::Index(_), below @ ..] | [properties, document, below @ ..]
            if key(properties, "Properties") && key(document, "Document") =>
        {
            below
        }
        below => below,
    };
    Some(Rendered::of(
        false,
        Some((**id).to_owned()),
        &path_text(below),
        format!("CloudFormation reads the unquoted `{written}` as `{read}`"),
        Some(format!("write it in quotes, `\"{written}\"`")),
    ))
}
