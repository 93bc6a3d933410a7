package io.drover.catalog;

import java.util.Locale;

/** Only languages that cannot run code, and no text that is loaded from somewhere else. */
final class LanguagesRule implements Rule {

  @Override
  public String name() {
    return "languages";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      if (block.value() instanceof Node.Fields fields) {
        look(block.name(), fields, findings);
      }
    }
    Texts.each(
        file.root(),
        (name, text) -> {
          // Camel reads an expression that begins so from a file, an address or a bean.
          if (Texts.readings(text.value()).stream().anyMatch(LanguagesRule::isLoaded)) {
            findings.add(text, text.value(), "the text itself");
          }
        });
    for (Block block : file.blocks()) {
      Uri uri = block.is("toD") ? block.uri() : null;
      // Camel evaluates what is behind this word in a computed address, in the language it names.
      if (uri != null
          && Texts.readings(uri.whole()).stream()
              .anyMatch(each -> each.toLowerCase(Locale.ROOT).contains("language:"))) {
        findings.add(uri.at(), uri.whole(), "Simple alone");
      }
    }
  }

  static boolean isLoaded(String text) {
    return text.strip().toLowerCase(Locale.ROOT).startsWith("resource:");
  }

  /** A bean's own option is called like the language that evaluates one. */
  private static void look(String of, Node.Fields fields, Findings findings) {
    for (Node.Field field : fields.fields()) {
      if (Grammar.OTHER_LANGUAGES.contains(field.name()) && !Grammar.takes(of, field.name())) {
        findings.add(field.key(), field.name(), "one of " + String.join(", ", Grammar.LANGUAGES));
      } else if (Grammar.kindOf(field.name()) == Grammar.Kind.EXPRESSION
          && field.value() instanceof Node.Fields held) {
        look("", held, findings);
      } else if (Grammar.kindOf(field.name()) == Grammar.Kind.VARIABLES
          && field.value() instanceof Node.Items items) {
        for (Node item : items.items()) {
          if (item instanceof Node.Fields variable) {
            look("", variable, findings);
          }
        }
      }
    }
  }
}
