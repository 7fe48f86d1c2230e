//! What services that answer in XML say.

use roxmltree::{Document, Node};

/// The code and the message of an error.
pub(super) fn error_of(body: &str) -> (Option<String>, Option<String>) {
    let Ok(document) = Document::parse(body) else { return (None, None) };
    let error = document.descendants().find(|node| node.has_tag_name_local("Error"));
    let text = |name| error.and_then(|error| child_text(error, name)).map(str::to_owned);
    (text("Code"), text("Message"))
}

/// The text of a node's child, if it has one of that name.
pub(super) fn child_text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text()
}

/// A node's child of that name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name_local(name))
}

/// Names, whatever their namespace.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
