package io.drover.catalog;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * No secret stands in a route file, not in a comment either: its text goes into the ledger, into
 * logs and into tickets. Doors read secrets when they call.
 */
final class CredentialsRule implements Rule {
  private static final Pattern NAME =
      Pattern.compile(
          "(?i).*(password|passwd|passphrase|secret|token|api-?_?key|access-?_?key|private-?_?key"
              + "|authorization|credential).*");
  private static final List<Pattern> VALUES =
      List.of(
          Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY"),
          Pattern.compile("(?i)\\b(bearer|basic) [A-Za-z0-9+/_=.-]{12,}"),
          Pattern.compile("\\bA(KIA|SIA)[A-Z0-9]{16}\\b"),
          Pattern.compile("\\bxox[abeoprs]-[A-Za-z0-9-]{8,}"),
          Pattern.compile("\\bgh[opsur]_[A-Za-z0-9]{20,}|\\bgithub_pat_[A-Za-z0-9_]{20,}"),
          Pattern.compile("\\bglpat-[A-Za-z0-9_-]{16,}"),
          Pattern.compile("\\bAIza[A-Za-z0-9_-]{30,}"),
          Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}"),
          Pattern.compile("hooks\\.slack\\.com/services/[A-Za-z0-9/]{8,}"),
          Pattern.compile("[a-z][a-z0-9+.-]{0,30}://[^/\\s:@\"']+:[^/\\s@\"']+@"),
          Pattern.compile(
              "(?i)\\b(password|passwd|passphrase|secret|token|api_?key|access_?key)\\s*[=:]\\s*"
                  + "[^\\s&\"'{$]{4,}"));

  @Override
  public String name() {
    return "credentials";
  }

  @Override
  public boolean ofDoors() {
    return true;
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Texts.each(
        file.root(),
        (name, text) -> {
          boolean computed = text.value().contains("${") || text.value().contains("{{");
          if (NAME.matcher(name).matches() && !computed && !text.value().isBlank()) {
            findings.add(text, name + ": (not shown)", "no secret; a door reads it when it calls");
          }
        });
    for (Block block : file.blocks()) {
      Node.Text name =
          block.is("setHeader", "setVariable", "setProperty") ? block.text("name") : null;
      Node.Text constant = block.text("constant");
      if (name != null
          && constant != null
          && !constant.value().isBlank()
          && NAME.matcher(name.value()).matches()) {
        findings.add(
            constant, name.value() + ": (not shown)", "no secret; a door reads it when it calls");
      }
    }
    for (int i = 0; i < file.lines().size(); i++) {
      for (Pattern value : VALUES) {
        Matcher secret = value.matcher(file.lines().get(i));
        if (secret.find()) {
          findings.add(
              new Place(i + 1, secret.start() + 1),
              "what looks like a secret (not shown, begins with " + beginning(secret.group()) + ")",
              "no secret; a door reads it when it calls");
          break;
        }
      }
    }
  }

  private static String beginning(String secret) {
    return secret.substring(0, Math.min(4, secret.length())).toLowerCase(Locale.ROOT);
  }
}
