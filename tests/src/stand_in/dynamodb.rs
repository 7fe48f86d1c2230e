//! Amazon `DynamoDB`: the four operations of the ledger, and of conditions what the ledger says.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Refusal;

/// The items of one table, by their key `Id`.
#[derive(Debug, Default)]
pub struct Tables {
    /// The items.
    pub items: BTreeMap<String, Map<String, Value>>,
}

impl Tables {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let key = |container: &str| input[container]["Id"]["S"].as_str().unwrap_or_default().to_owned();
        match operation {
            "GetItem" => {
                let item = self.items.get(&key("Key"));
                Ok(item.map_or_else(|| json!({}), |item| json!({ "Item": item })))
            }
            "PutItem" => {
                self.items.insert(key("Item"), input["Item"].as_object().cloned().unwrap_or_default());
                Ok(json!({}))
            }
            "DeleteItem" => {
                self.items.remove(&key("Key"));
                Ok(json!({}))
            }
            "UpdateItem" => self.update(&key("Key"), input),
            _ => panic!("no stand-in for dynamodb {operation}"),
        }
    }

    fn update(&mut self, id: &str, input: &Value) -> Result<Value, Refusal> {
        let values = &input["ExpressionAttributeValues"];
        let item = self.items.get(id).cloned().unwrap_or_default();
        if let Some(condition) = input["ConditionExpression"].as_str()
            && !holds(condition, &item, values)
        {
            let mut refusal = Refusal::new("ConditionalCheckFailedException", "The conditional request failed");
            refusal.details = json!({ "Item": item });
            return Err(refusal);
        }
        let item = self.items.entry(id.to_owned()).or_default();
        item.insert("Id".to_owned(), json!({ "S": id }));
        let changes = input["UpdateExpression"].as_str().and_then(|text| text.strip_prefix("SET "));
        // The comma of a function is none between changes.
        let changes = changes.unwrap_or_else(|| panic!("only SET: {input}")).replace(", :", " :");
        for change in changes.split(", ") {
            let Some((name, value)) = change.split_once(" = ") else { panic!("a change is `name = :value`: {change}") };
            let value = match value.strip_prefix("if_not_exists(").and_then(|rest| rest.strip_suffix(')')) {
                Some(_) if item.contains_key(name) => continue,
                Some(function) => function.split(' ').next_back().unwrap_or_default(),
                None => value,
            };
            item.insert(name.to_owned(), values[value].clone());
        }
        Ok(json!({ "Attributes": item }))
    }
}

/// Whether a condition holds: `OR` in parentheses, joined by `AND`.
fn holds(condition: &str, item: &Map<String, Value>, values: &Value) -> bool {
    condition.split(" AND ").all(|clause| {
        let clause = clause.trim_start_matches('(');
        // The parenthesis of a function stays.
        let clause = if clause.ends_with("))") || (clause.ends_with(')') && clause.contains(" OR ")) {
            clause.strip_suffix(')').unwrap_or(clause)
        } else {
            clause
        };
        clause.split(" OR ").any(|term| is_met(term, item, values))
    })
}

fn is_met(term: &str, item: &Map<String, Value>, values: &Value) -> bool {
    if let Some(name) = term.strip_prefix("attribute_not_exists(").and_then(|rest| rest.strip_suffix(')')) {
        return !item.contains_key(name);
    }
    let parts: Vec<&str> = term.split(' ').collect();
    let [name, operator, value] = parts.as_slice() else { panic!("a term is `name = :value` or the like: {term}") };
    let (Some(left), right) = (item.get(*name), &values[*value]) else { return false };
    let number = |value: &Value| value["N"].as_str().and_then(|text| text.parse::<u64>().ok());
    match *operator {
        "=" => left == right,
        "<" => number(left) < number(right),
        _ => panic!("no stand-in for {operator}"),
    }
}
