/// Text with `{{name}}` holes.
package struct Template: Sendable {}
/// JSON with holes: a string that is one hole alone keeps the type of what fills it.
package struct TemplateValue: Sendable {}
/// A pattern of the linear-time regular expressions.
package struct Pattern: Sendable {}
