package io.drover.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A secret as configuration names it: {@code env:NAME}, {@code file:PATH}, or itself. */
public record Secret(String reference) {

  /**
   * Reads it now.
   *
   * @throws CallFailure of kind {@code credentials}, naming the place and never the value
   */
  public String read() {
    if (reference.startsWith("env:")) {
      String name = reference.substring("env:".length());
      String value = System.getenv(name);
      if (value == null) {
        throw missing("environment variable " + name + " is not set");
      }
      return value;
    }
    if (reference.startsWith("file:")) {
      Path path = Path.of(reference.substring("file:".length()));
      try {
        return Files.readString(path).strip();
      } catch (IOException e) {
        throw missing("file " + path + " cannot be read (" + e.getClass().getSimpleName() + ")");
      }
    }
    return reference;
  }

  private static CallFailure missing(String why) {
    return new CallFailure(CallFailure.Verdict.TRANSIENT, "credentials", "A secret: " + why);
  }

  @Override
  public String toString() {
    return "Secret[…]";
  }
}
