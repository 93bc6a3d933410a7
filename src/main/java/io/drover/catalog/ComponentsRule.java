package io.drover.catalog;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Routes come from and go to listed components alone, with listed options. */
final class ComponentsRule implements Rule {

  @Override
  public String name() {
    return "components";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      Uri uri = block.uri();
      if (uri == null) {
        continue;
      }
      boolean source = block.is("from");
      Map<String, Components.Component> valid = source ? Components.SOURCES : Components.TARGETS;
      Components.Component component = valid.get(uri.scheme());
      if (component == null) {
        findings.add(
            uri.at(),
            (source ? "from " : "to ") + uri.whole(),
            "one of " + String.join(", ", Components.names(valid)),
            uri.scheme(),
            valid.keySet());
        continue;
      }
      if (!uri.path().matches(component.path())) {
        findings.add(uri.at(), uri.whole(), uri.scheme() + ": and " + component.pathMeans());
      }
      for (Uri.Option option : uri.options()) {
        option(component, option, findings);
      }
    }
  }

  private static void option(Components.Component component, Uri.Option option, Findings findings) {
    if (!component.takes(option.name())) {
      Set<String> valid =
          component.options() == null ? Set.of() : new TreeSet<>(component.options());
      findings.add(
          option.at(),
          "option " + option.name() + " of " + component.scheme(),
          valid.isEmpty() ? "no options" : "one of " + String.join(", ", valid),
          option.name(),
          valid);
      return;
    }
    String value = option.value();
    if (value == null) {
      return;
    }
    String lower = value.strip().toLowerCase(Locale.ROOT);
    if (lower.startsWith("#") || lower.startsWith("raw(") || lower.startsWith("raw{")) {
      // Camel takes the first for a bean, or a class to make one of; the others hide the value.
      findings.add(option.at(), "option " + option.name() + ": " + value, "a plain value");
    } else if (component.scheme().equals("file") && lower.matches(".*(\\.\\.|/|\\\\|\\$).*")) {
      findings.add(option.at(), "option " + option.name() + ": " + value, "a name without a path");
    }
  }
}
