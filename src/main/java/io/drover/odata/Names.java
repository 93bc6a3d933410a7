package io.drover.odata;

import java.util.regex.Pattern;

/** Names stand unquoted in a query, so only identifiers get through. */
final class Names {
  private static final Pattern FIELD =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*");

  private Names() {}

  static String field(String name) {
    return checked("field", name, FIELD);
  }

  static String checked(String what, String name, Pattern pattern) {
    if (!pattern.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what + ": \"" + name + "\" (expected: an identifier, parts divided by /)");
    }
    return name;
  }
}
