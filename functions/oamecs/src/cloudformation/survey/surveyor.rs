//! The pass behind a [`Survey`]: a [`Serializer`] that writes nothing.
//!
//! What a value means depends on what it stands in, so each is read with a [`Meaning`]; reading a key gives the meaning of
//! the value under it.

use std::fmt::Error;

use serde::ser::{self, Serialize, Serializer};

use super::{By, COUNTED, Survey};
use crate::cloudformation::substitution::{Piece, pieces};

/// What the value that comes next is.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// Nothing but itself.
    Plain,
    /// A list that is counted, by its position in [`COUNTED`].
    List(usize),
    /// The argument of `Ref`.
    Ref,
    /// The argument of `Fn::GetAtt`, or the first part of it.
    Attribute,
    /// The argument of `Fn::Sub`, or the text in it.
    Substitution,
    /// The variables of a `Fn::Sub`, in whose text these references were found.
    Variables { first: usize, end: usize },
    /// The argument of `Fn::If`.
    Branches,
    /// The condition of `Fn::If`.
    Condition,
    /// A key of a map.
    Key,
    /// The name of a variable.
    Variable { first: usize, end: usize },
}

impl Meaning {
    /// The meaning of what stands under `key`, `alone` if its map has no other.
    fn of(key: &str, alone: bool) -> Self {
        match key {
            "Ref" if alone => Self::Ref,
            "Fn::GetAtt" if alone => Self::Attribute,
            "Fn::Sub" if alone => Self::Substitution,
            "Fn::If" if alone => Self::Branches,
            _ => COUNTED.iter().position(|name| *name == key).map_or(Self::Plain, Self::List),
        }
    }
}

/// Reads one value.
pub(super) struct Surveyor<'a> {
    survey: &'a mut Survey,
    meaning: Meaning,
    /// Whether an `Fn::If` decides about it.
    optional: bool,
    /// Of a key: whether its map has no other.
    alone: bool,
}

impl<'a> Surveyor<'a> {
    pub(super) fn new(survey: &'a mut Survey) -> Self {
        Self { survey, meaning: Meaning::Plain, optional: false, alone: false }
    }

    fn part(&mut self, meaning: Meaning) -> Surveyor<'_> {
        Surveyor { survey: self.survey, meaning, optional: self.optional, alone: self.alone }
    }
}

/// The items of a list.
pub(super) struct Items<'a> {
    list: Surveyor<'a>,
    index: usize,
    /// How many references there were before.
    first: usize,
}

/// The entries of a map.
pub(super) struct Entries<'a> {
    map: Surveyor<'a>,
    /// What the last key says of the value that follows.
    next: Meaning,
}

/// What refers to nothing.
macro_rules! plain {
    ($($method:ident($($argument:ty)?),)*) => {
        $(fn $method(self $(, _: $argument)?) -> Result<Meaning, Error> {
            Ok(Meaning::Plain)
        })*
    };
}

impl<'a> Serializer for Surveyor<'a> {
    /// Of a key, what it says of its value.
    type Ok = Meaning;
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Entries<'a>;
    type SerializeStructVariant = Entries<'a>;

    plain! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32),
        serialize_f64(f64), serialize_char(char), serialize_bytes(&[u8]), serialize_none(), serialize_unit(),
        serialize_unit_struct(&'static str),
    }

    fn serialize_str(self, text: &str) -> Result<Meaning, Error> {
        let Self { survey, meaning, optional, alone } = self;
        match meaning {
            Meaning::Key => return Ok(Meaning::of(text, alone)),
            Meaning::Variable { first, end } => survey.shade(first, end, text),
            Meaning::Ref => survey.add(By::Ref, text, optional),
            Meaning::Attribute => survey.add(By::Attribute, text, optional),
            Meaning::Condition => survey.add(By::Condition, text, optional),
            Meaning::Substitution => {
                for piece in pieces(text) {
                    if let Piece::Name(name) = piece {
                        survey.add(if name.contains('.') { By::Attribute } else { By::Ref }, name, optional);
                    }
                }
            }
            Meaning::Plain | Meaning::List(_) | Meaning::Variables { .. } | Meaning::Branches => {}
        }
        Ok(Meaning::Plain)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Meaning, Error> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Meaning, Error> {
        Ok(Meaning::Plain)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Meaning, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Meaning, Error> {
        value.serialize(self.part(Meaning::of(variant, true)))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        let first = self.survey.found.len();
        Ok(Items { list: self, index: 0, first })
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Error> {
        Self { meaning: Meaning::of(variant, true), ..self }.serialize_seq(None)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Entries<'a>, Error> {
        Ok(Entries { map: Self { alone: length == Some(1), ..self }, next: Meaning::Plain })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Entries<'a>, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        length: usize,
    ) -> Result<Entries<'a>, Error> {
        self.serialize_map(Some(length))
    }
}

impl Items<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        let decided = matches!((self.list.meaning, self.index), (Meaning::Branches, 1..));
        let meaning = match (self.list.meaning, self.index) {
            (Meaning::List(counted), _) => {
                if let Some(count) = self.list.survey.counts.get_mut(counted) {
                    *count += 1;
                }
                Meaning::Plain
            }
            (Meaning::Attribute, 0) => Meaning::Attribute,
            (Meaning::Substitution, 0) => Meaning::Substitution,
            (Meaning::Substitution, 1) => Meaning::Variables { first: self.first, end: self.list.survey.found.len() },
            (Meaning::Branches, 0) => Meaning::Condition,
            _ => Meaning::Plain,
        };
        let mut part = self.list.part(meaning);
        part.optional |= decided;
        item.serialize(part)?;
        self.index += 1;
        Ok(())
    }
}

impl Entries<'_> {
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let meaning = match self.map.meaning {
            Meaning::Variables { first, end } => Meaning::Variable { first, end },
            _ => Meaning::Key,
        };
        self.next = key.serialize(self.map.part(meaning))?;
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.map.part(self.next)).map(|_| ())
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.next = Meaning::of(key, self.map.alone);
        self.value(value)
    }
}

/// The ways to a list's items.
macro_rules! items {
    ($($kind:ident::$method:ident),*) => {
        $(impl ser::$kind for Items<'_> {
            type Ok = Meaning;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
                self.item(item)
            }

            fn end(self) -> Result<Meaning, Error> {
                Ok(Meaning::Plain)
            }
        })*
    };
}

items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

/// The ways to a struct's fields.
macro_rules! fields {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Entries<'_> {
            type Ok = Meaning;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
                self.field(key, value)
            }

            fn end(self) -> Result<Meaning, Error> {
                Ok(Meaning::Plain)
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Entries<'_> {
    type Ok = Meaning;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<Meaning, Error> {
        Ok(Meaning::Plain)
    }
}
