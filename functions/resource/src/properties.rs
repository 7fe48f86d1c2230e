//! Reads properties as the types of the contract.
//!
//! In: properties as CloudFormation sends them, where every scalar is text (`"true"`, `"3"`). Out: one of the types of
//! [`oamecs::cloudformation::resource::custom`]. Text that has to be a number or a boolean is read as one; what is one
//! already is taken too.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde_json::{Error, Map, Value};

/// Properties, without those that say who serves the resource.
///
/// # Errors
/// What is wrong, with the place where it is.
pub fn read<P: DeserializeOwned>(properties: &Map<String, Value>) -> Result<P, String> {
    let asked = properties.iter().filter(|(name, _)| !["ServiceToken", "ServiceTimeout"].contains(&name.as_str()));
    let asked = asked.map(|(name, value)| (name.clone(), value.clone())).collect();
    serde_path_to_error::deserialize(Lenient(Value::Object(asked))).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        format!("{place}{}", error.inner())
    })
}

/// A value whose text is read as whatever is wanted.
struct Lenient(Value);

impl IntoDeserializer<'_, Error> for Lenient {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// What is wanted is parsed from text; what is not text speaks for itself.
macro_rules! parsed {
    ($($method:ident, $visit:ident: $type:ty, $what:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match &self.0 {
                Value::String(text) => match text.trim().parse::<$type>() {
                    Ok(value) => visitor.$visit(value),
                    Err(_) => Err(Error::custom(format_args!(concat!("`{}` is not ", $what), text))),
                },
                _ => self.0.$method(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(map) => {
                visitor.visit_map(MapDeserializer::new(map.into_iter().map(|(name, value)| (name, Lenient(value)))))
            }
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Lenient))),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.0 {
            Value::String(text) if text.eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            Value::String(text) => Err(Error::custom(format_args!("`{text}` is not `true` or `false`"))),
            _ => self.0.deserialize_bool(visitor),
        }
    }

    parsed! {
        deserialize_u8, visit_u8: u8, "a number";
        deserialize_u16, visit_u16: u16, "a number";
        deserialize_u32, visit_u32: u32, "a whole number";
        deserialize_u64, visit_u64: u64, "a whole number";
        deserialize_i8, visit_i8: i8, "a number";
        deserialize_i16, visit_i16: i16, "a number";
        deserialize_i32, visit_i32: i32, "a number";
        deserialize_i64, visit_i64: i64, "a number";
        deserialize_f32, visit_f32: f32, "a number";
        deserialize_f64, visit_f64: f64, "a number";
    }

    // A number or a boolean where text is wanted: another sender than CloudFormation.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Bool(_) | Value::Number(_) => visitor.visit_string(self.0.to_string()),
            other => other.deserialize_str(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use oamecs::cloudformation::resource::custom::{Network, OnFailure, Task};
    use oamecs::cloudformation::value::Resolved;
    use serde_json::json;

    use super::*;

    fn task(properties: Value) -> Result<Task<Resolved>, String> {
        let Value::Object(mut properties) = properties else { unreachable!("the tests give maps") };
        properties.insert("Cluster".to_owned(), json!("main"));
        properties.insert("TaskDefinition".to_owned(), json!("migrate"));
        read(&properties)
    }

    #[test]
    fn text_is_read_as_what_it_has_to_be() {
        let task = task(json!({
            "ServiceToken": "arn", "ServiceTimeout": "1020",
            "Count": "3", "Timeout": "900", "EnableECSManagedTags": "true", "OnFailure": "ignore",
            "NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "DISABLED", "Subnets": ["a", "b"]}},
            "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": "1"}],
            "PlacementConstraints": [{"Type": "memberOf", "Expression": "attribute:x == y"}],
        }))
        .unwrap();
        assert_eq!(task.count.unwrap().get(), &3);
        assert_eq!(task.timeout, Some(900));
        assert_eq!(task.enable_ecs_managed_tags, Some(true));
        assert_eq!(task.on_failure, Some(OnFailure::Ignore));
        assert_eq!(task.network_configuration.unwrap().awsvpc_configuration.subnets.get().len(), 2);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(task(json!({"Timeout": "soon"})).unwrap_err(), "Timeout: `soon` is not a whole number");
        assert!(task(json!({"OnFailure": "panic"})).unwrap_err().starts_with("OnFailure: unknown variant `panic`"));
        assert!(task(json!({"Comand": "x"})).unwrap_err().starts_with("Comand: unknown field `Comand`"));
        let nothing: Result<Network<Resolved>, String> = read(&Map::new());
        assert_eq!(nothing.unwrap_err(), "missing field `Zones`");
    }

    #[test]
    fn spellings_of_a_value_are_equal() {
        assert_eq!(task(json!({"RetryOnInterruption": true})), task(json!({"RetryOnInterruption": "True"})));
        assert_eq!(task(json!({"Count": 2})), task(json!({"Count": "2"})));
    }
}
