package io.drover.catalog;

import java.util.HashSet;
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
      Set<String> given = new HashSet<>();
      for (Uri.Option option : uri.options()) {
        option(component, option, findings);
        if (!given.add(option.name()) && !uri.scheme().equals("kamelet")) {
          findings.add(option.at(), "option " + option.name() + " a second time", "it once");
        }
      }
      if (uri.scheme().equals("runbook")) {
        runbook(block, uri, findings);
      }
    }
  }

  private static void runbook(Block block, Uri uri, Findings findings) {
    if (block.is("from")) {
      if (uri.whole().contains("%")) {
        findings.add(uri.at(), uri.whole(), "plain text: what a runbook may do is read from it");
      }
      return;
    }
    if (RouteFile.isRunbook(block.top()) && uri.option("key") == null) {
      findings.add(
          uri.at(),
          "runbook:" + uri.path() + " without key",
          "?key=NAME, or key=${body[extId]} for each: a resume finds the child by it");
    }
    Uri.Option requester = uri.option("requester");
    String who = requester == null ? null : requester.value();
    String constant = who == null ? null : KameletRule.constant(who);
    if (requester != null
        && findings.trust() == Trust.OPERATOR
        && (who == null || (constant != null && !constant.matches("|schedule")))) {
      findings.add(
          requester.at(),
          "requester: " + who,
          "a setting, like {{drover.runbooks.NAME.owner:schedule}}: a file makes nobody answerable");
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
    String shown = "option " + option.name() + ": " + value;
    if (Texts.readings(value).stream().anyMatch(ComponentsRule::isMore)) {
      findings.add(option.at(), shown, "a plain value");
    } else if (component.scheme().equals("file") && value.matches("(?s).*(\\.\\.|/|\\\\|\\$).*")) {
      findings.add(option.at(), shown, "a name without a path");
    } else {
      value(component, option, value, shown, findings);
    }
  }

  private static void value(
      Components.Component component,
      Uri.Option option,
      String value,
      String shown,
      Findings findings) {
    String constant = KameletRule.constant(value);
    if (constant == null) {
      return;
    }
    Components.Value valid = Components.value(component.scheme(), option.name());
    if (valid != null && !constant.matches(valid.pattern())) {
      findings.add(option.at(), shown, valid.means());
    } else if (valid == null && constant.isBlank() && component.options() != null) {
      if (!component.scheme().matches("approval|quartz") && !option.name().equals("requester")) {
        findings.add(option.at(), shown, "a value");
      }
    } else if (component.scheme().equals("file") && option.name().matches("include|exclude")) {
      String why = Regex.wrong(constant);
      if (why != null) {
        findings.add(option.at(), shown, why);
      }
    }
  }

  /**
   * Camel takes the first for a bean, or a class to make one of; the next two hide the value, and
   * what is behind the last is read from a file or an address.
   */
  private static boolean isMore(String value) {
    String lower = value.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("#")
        || lower.startsWith("raw(")
        || lower.startsWith("raw{")
        || LanguagesRule.isLoaded(value);
  }
}
