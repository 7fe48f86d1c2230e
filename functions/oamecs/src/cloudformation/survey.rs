//! What is to be known of a value of the template besides its text: what it refers to, and how long the lists are whose
//! length AWS limits.
//!
//! In: anything that can be written. Out: a [`Survey`], made in a single pass that builds nothing else, so that values need
//! not be kept as trees for the sake of later questions.
//!
//! Sources: [Ref](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html),
//! [Fn::GetAtt](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html),
//! [Fn::Sub](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html),
//! [Fn::If](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html).

mod surveyor;

use serde::Serialize;

use self::surveyor::Surveyor;

/// What a value refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference<'a> {
    /// A resource or parameter, by `Ref`.
    Ref(&'a str),
    /// A resource, by `Fn::GetAtt`.
    Attribute(&'a str),
    /// A condition, by `Fn::If`.
    Condition(&'a str),
}

/// The properties that are lists of which AWS limits the length, wherever in a resource they stand.
pub const COUNTED: [&str; 6] =
    ["ContainerDefinitions", "LoadBalancers", "ManagedPolicyArns", "SecurityGroups", "Subnets", "Values"];

/// What was seen in a value.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// All names that were found, one after the other: one allocation instead of one for each.
    names: String,
    found: Vec<Found>,
    counts: [usize; COUNTED.len()],
}

/// A reference; its name begins where that of the one before ends.
#[derive(Clone, Copy, Debug)]
struct Found {
    by: By,
    /// Whether an `Fn::If` decides about it.
    optional: bool,
    /// Where its name ends.
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Ref,
    Attribute,
    Condition,
    /// Nothing: a variable of the same `Fn::Sub`.
    Variable,
}

impl Survey {
    /// Goes through a value.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Self {
        let mut survey = Self::default();
        // What cannot be written has no text either, and whoever writes it says so.
        let _ = value.serialize(Surveyor::new(&mut survey));
        survey
    }

    /// Everything that the value refers to; the flag says whether an `Fn::If` decides about it.
    pub fn references(&self) -> impl Iterator<Item = (Reference<'_>, bool)> {
        let mut start = 0;
        self.found.iter().filter_map(move |found| {
            let name = self.names.get(start..found.end)?;
            start = found.end;
            let reference = match found.by {
                By::Ref => Reference::Ref(name),
                // Logical ids have no dots.
                By::Attribute => Reference::Attribute(name.split_once('.').map_or(name, |(id, _)| id)),
                By::Condition => Reference::Condition(name),
                By::Variable => return None,
            };
            Some((reference, found.optional))
        })
    }

    /// How many items the lists of this name have, one of [`COUNTED`].
    pub fn count(&self, list: &str) -> usize {
        COUNTED.iter().zip(self.counts).find(|(name, _)| **name == list).map_or(0, |(_, count)| count)
    }

    fn add(&mut self, by: By, name: &str, optional: bool) {
        // A pseudo parameter is nothing of the template.
        if name.starts_with("AWS::") {
            return;
        }
        self.names.push_str(name);
        self.found.push(Found { by, optional, end: self.names.len() });
    }

    /// Takes back the references from `first` to before `end` that have this name, as it is a variable's.
    fn shade(&mut self, first: usize, end: usize, name: &str) {
        let mut start = first.checked_sub(1).and_then(|before| self.found.get(before)).map_or(0, |found| found.end);
        for found in self.found.iter_mut().take(end).skip(first) {
            if self.names.get(start..found.end) == Some(name) {
                found.by = By::Variable;
            }
            start = found.end;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Reference, Survey};

    #[test]
    fn references_are_found_wherever_they_stand() {
        use Reference::{Attribute, Condition, Ref};
        let value = json!({
            "A": {"Ref": "R1"},
            "P": {"Ref": "AWS::Region"},
            "B": [{"Fn::GetAtt": ["G1", "Arn"]}, {"Fn::GetAtt": "G2.Arn"}, {"Fn::GetAtt": ["G3.Sub", {"Ref": "R2"}]}],
            "C": {"Fn::Sub": ["${S1}${S2.Arn}${V}${!N}${W.X}", {"V": {"Ref": "R3"}, "W.X": {"Ref": "V"}}]},
            "D": {"Fn::If": ["C1", {"Ref": "R4"}, {"Fn::Sub": "${S3}"}]},
            "E": {"Ref": "R5", "Other": "a map that is no function"},
        });
        let survey = Survey::of(&value);
        assert_eq!(
            survey.references().collect::<Vec<_>>(),
            [
                (Ref("R1"), false),
                (Attribute("G1"), false),
                (Attribute("G2"), false),
                (Attribute("G3"), false),
                (Ref("R2"), false),
                (Ref("S1"), false),
                (Attribute("S2"), false),
                (Ref("R3"), false),
                (Ref("V"), false),
                (Condition("C1"), false),
                (Ref("R4"), true),
                (Ref("S3"), true),
            ]
        );
    }

    #[test]
    fn lists_of_a_name_are_counted_together() {
        let value =
            json!({"Conditions": [{"A": {"Values": [1, [2, 3]]}}, {"B": {"Values": [3]}}], "Subnets": {"Ref": "S"}});
        let survey = Survey::of(&value);
        assert_eq!(["Values", "Subnets", "Conditions"].map(|list| survey.count(list)), [3, 0, 0]);
    }
}
