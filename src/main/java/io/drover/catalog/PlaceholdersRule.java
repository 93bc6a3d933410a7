package io.drover.catalog;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings that a route reads are those made for routes. Others hold passwords, and Camel's
 * functions behind the same braces read the environment, files and vaults.
 */
final class PlaceholdersRule implements Rule {
  /** Prefixes of settings that hold no secret. */
  static final List<String> SETTINGS =
      List.of(
          "drover.schedules.",
          "drover.runbooks.",
          "drover.patch.",
          "drover.dr.",
          "drover.waves.",
          "drover.chargeback.",
          "drover.inventory.",
          "drover.drift.",
          "drover.files.");

  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-zA-Z0-9-]+)+");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|passwd|passphrase|secret|token|credential|privatekey|apikey|accesskey|headers"
              + "|authorization|webhook|routingkey).*");

  /** What puts together no function, reference or other placeholder. */
  private static final Pattern PLAIN =
      Pattern.compile("([^#${}%\\\\\\p{Cntrl}][^${}%\\\\\\p{Cntrl}]*)?");

  @Override
  public String name() {
    return "placeholders";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Texts.each(
        file.root(),
        (name, text) -> {
          for (String placeholder : Texts.placeholders(text.value())) {
            if (Texts.isOpen(placeholder)) {
              findings.add(text, "{{" + Texts.shown(placeholder), "}} that closes it");
            } else {
              look(text, placeholder, "{{" + placeholder + "}}", findings);
            }
          }
          for (String function : Texts.functions(text.value())) {
            if (function.startsWith("properties:") && !Texts.isOpen(function)) {
              look(
                  text,
                  function.substring("properties:".length()),
                  "${" + function + "}",
                  findings);
            }
          }
        });
  }

  private static void look(Node at, String placeholder, String shown, Findings findings) {
    String inside = placeholder.startsWith("?") ? placeholder.substring(1) : placeholder;
    int colon = inside.indexOf(':');
    String key = colon < 0 ? inside : inside.substring(0, colon);
    boolean allowed =
        KEY.matcher(key).matches()
            && SETTINGS.stream().anyMatch(key::startsWith)
            // Spring takes drover.runbooks.pass-word for drover.runbooks.password.
            && !SECRET.matcher(key.replace("-", "")).matches()
            && !key.startsWith("drover.dr.routing.");
    String otherwise = colon < 0 ? "" : inside.substring(colon + 1);
    if (allowed && !otherwise.contains("{{") && !PLAIN.matcher(otherwise).matches()) {
      findings.add(at, shown, "a default without $, {, }, %, \\ and line breaks, and no # first");
    }
    if (!allowed) {
      findings.add(
          at, shown, "a setting under " + String.join("*, ", SETTINGS) + "* that holds no secret");
    }
  }
}
