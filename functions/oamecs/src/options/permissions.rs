//! Options of what containers may do in the account.
//!
//! In: `Role`, which is the ARN of a role that exists, a function, or a policy document as the predecessor had it; `Policy`, one
//! document or a list of them. Out: a [`Role`], [`PolicyDocument`]s. The shape of documents is checked, not what they allow.

use super::Given;
use super::arn::Arn;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Kind, Node, Reader, list, suggestion};
use crate::expression::Expr;
use crate::program::platform::{PolicyDocument, Role};

const DOCUMENT_KEYS: [&str; 3] = ["Id", "Statement", "Version"];

const STATEMENT_KEYS: [&str; 7] = ["Action", "Condition", "Effect", "NotAction", "NotResource", "Resource", "Sid"];

const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];

const EXAMPLE: &str = "write for example `{ Version: \"2012-10-17\", Statement: [{ Effect: Allow, Action: s3:GetObject, Resource: !Sub \"${Bucket.Arn}/*\" }] }`";

/// Reads the option `Role`.
pub(super) fn role(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Role>> {
    let node = given.take("Role")?;
    let origin = node.origin;
    if let Kind::Mapping(_) = node.kind {
        return document(node, reader.diagnostics).map(|document| Located::new(origin, Role::Policy(document)));
    }
    let text = reader.text(&node)?;
    Arn::Role.check(&text, reader.diagnostics);
    Some(Located::new(origin, Role::Given(text.value)))
}

/// Reads the option `Policy`.
pub(super) fn policy(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Vec<PolicyDocument>>> {
    let node = given.take("Policy")?;
    let origin = node.origin;
    let items = match node.kind {
        Kind::Sequence(items) => items,
        _ => vec![node],
    };
    Some(Located::new(origin, items.into_iter().filter_map(|item| document(item, reader.diagnostics)).collect()))
}

/// Reads the ARN under `name`, which must be `of` this.
pub(super) fn arn(given: &mut Given, name: &str, of: Arn, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let text = given.text(name, reader)?;
    of.check(&text, reader.diagnostics);
    Some(text)
}

/// Reads the option `Policies`.
pub(super) fn policies(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Vec<Expr<String>>>> {
    let policies = given.texts("Policies", reader)?;
    for policy in &policies.value {
        Arn::Policy.check(policy, reader.diagnostics);
    }
    Some(policies.map(|policies| policies.into_iter().map(|policy| policy.value).collect()))
}

fn document(node: Node, diagnostics: &mut Diagnostics) -> Option<PolicyDocument> {
    let origin = node.origin;
    let Kind::Mapping(entries) = &node.kind else {
        if !matches!(node.kind, Kind::Faulty) {
            let message = format!("this must be a policy document, not {}", node.description());
            diagnostics.error(origin, message).fix(EXAMPLE);
        }
        return None;
    };
    let before = diagnostics.errors();
    for (key, value) in entries {
        unknown(key, value.origin, &DOCUMENT_KEYS, diagnostics);
    }
    if let Some(Node { origin: place, kind: Kind::Text(version) }) = entries.get("Version")
        && !VERSIONS.contains(&version.as_str())
    {
        diagnostics
            .error(*place, format!("`{version}` is no version of the policy language"))
            .fix("write `Version: \"2012-10-17\"`, in quotes");
    }
    match entries.get("Statement") {
        Some(Node { kind: Kind::Sequence(statements), .. }) => {
            for statement in statements {
                check_statement(statement, diagnostics);
            }
        }
        Some(statement) => check_statement(statement, diagnostics),
        None => diagnostics.error(origin, "the policy document has no `Statement`").fix(EXAMPLE),
    }
    (diagnostics.errors() == before).then(|| PolicyDocument(node.into_json()))
}

fn check_statement(node: &Node, diagnostics: &mut Diagnostics) {
    let Kind::Mapping(entries) = &node.kind else {
        if !matches!(node.kind, Kind::Deferred(_) | Kind::Faulty) {
            let message = format!("a statement must be a map, not {}", node.description());
            diagnostics.error(node.origin, message).fix(EXAMPLE);
        }
        return;
    };
    for (key, value) in entries {
        if key == "Principal" || key == "NotPrincipal" {
            diagnostics
                .error(value.origin, format!("what a role allows has no `{key}`: it is the role that is allowed"))
                .fix("remove it; ECS may take the role on in any case");
            continue;
        }
        unknown(key, value.origin, &STATEMENT_KEYS, diagnostics);
    }
    match entries.get("Effect").map(|node| &node.kind) {
        Some(Kind::Text(effect)) if effect != "Allow" && effect != "Deny" => {
            diagnostics
                .error(node.origin, format!("`{effect}` is no effect of a statement"))
                .fix("write `Effect: Allow` or `Effect: Deny`");
        }
        Some(_) => {}
        None => diagnostics.error(node.origin, "the statement has no `Effect`").fix("write `Effect: Allow`"),
    }
    let is_trust = ["Principal", "NotPrincipal"].iter().any(|key| entries.contains_key(*key));
    for (key, other) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        if !is_trust && !entries.contains_key(key) && !entries.contains_key(other) {
            diagnostics.error(node.origin, format!("the statement has no `{key}`")).fix(EXAMPLE);
        }
    }
}

fn unknown(key: &str, origin: Origin, known: &[&str], diagnostics: &mut Diagnostics) {
    if known.contains(&key) {
        return;
    }
    let entry = diagnostics.unknown(origin, format!("unknown key `{key}`"));
    match suggestion(key, known.iter().copied()) {
        Some(near) => entry.fix(format!("did you mean `{near}`?")),
        None => entry.fix(format!("the keys here are {}", list(known))),
    }
}
