package io.drover.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * A recursive descent over the script; commands run as they are read, skipped ones are only read.
 */
final class ShellScript {
  /** What runs the commands and keeps what they write. */
  interface Shell {
    GuestShell.Result command(List<String> words, String input);

    void write(String file, String text, boolean append);
  }

  private final Shell shell;
  private final List<String> tokens;
  private int at;

  ShellScript(String script, Shell shell) {
    this.shell = shell;
    tokens = Tokens.of(script);
  }

  GuestShell.Result list() {
    StringBuilder out = new StringBuilder();
    GuestShell.Result last = new GuestShell.Result(0, "");
    while (at < tokens.size() && !ends(peek())) {
      last = andOr(true);
      out.append(last.out());
      while (at < tokens.size() && peek().equals(";")) {
        at++;
      }
    }
    return new GuestShell.Result(last.exit(), out.toString());
  }

  private static boolean endsList(String token) {
    return token.equals("then") || token.equals("else") || token.equals("fi");
  }

  private boolean ends(String token) {
    return endsList(token);
  }

  private GuestShell.Result andOr(boolean execute) {
    GuestShell.Result last = pipeline(execute);
    StringBuilder out = new StringBuilder(last.out());
    while (at < tokens.size() && (peek().equals("&&") || peek().equals("||"))) {
      boolean and = tokens.get(at++).equals("&&");
      boolean go = execute && and == (last.exit() == 0);
      GuestShell.Result next = pipeline(go);
      if (go) {
        last = next;
        out.append(next.out());
      }
    }
    return new GuestShell.Result(last.exit(), out.toString());
  }

  private GuestShell.Result pipeline(boolean execute) {
    GuestShell.Result last = simple(execute, "");
    while (at < tokens.size() && peek().equals("|")) {
      at++;
      last = simple(execute, last.out());
    }
    return last;
  }

  private GuestShell.Result simple(boolean execute, String input) {
    if (at < tokens.size() && peek().equals("if")) {
      return conditional(execute);
    }
    List<String> words = new ArrayList<>();
    String file = null;
    boolean append = false;
    while (at < tokens.size() && !peek().matches(";|&&|\\|\\||\\|")) {
      String token = tokens.get(at++);
      if (token.equals(">") || token.equals(">>") || token.equals("1>")) {
        append = token.equals(">>");
        file = Tokens.plain(tokens.get(at++));
      } else if (token.equals("2>")) {
        at++;
      } else if (!token.equals("2>&1")) {
        // In quotes it is for the shell that gets the text, not for this one.
        String plain = Tokens.plain(token);
        words.add(plain.equals(token) ? token.replace("$?", String.valueOf(lastExit)) : plain);
      }
    }
    if (!execute) {
      return new GuestShell.Result(0, "");
    }
    GuestShell.Result result = shell.command(words, input);
    lastExit = result.exit();
    if (file != null) {
      if (!file.equals("/dev/null")) {
        shell.write(file, result.out(), append);
      }
      return new GuestShell.Result(result.exit(), "");
    }
    return result;
  }

  private int lastExit;

  private GuestShell.Result conditional(boolean execute) {
    at++;
    GuestShell.Result condition = branch(execute);
    expect("then");
    GuestShell.Result then = branch(execute && condition.exit() == 0);
    GuestShell.Result otherwise = new GuestShell.Result(0, "");
    if (at < tokens.size() && peek().equals("else")) {
      at++;
      otherwise = branch(execute && condition.exit() != 0);
    }
    expect("fi");
    return condition.exit() == 0 ? then : otherwise;
  }

  private GuestShell.Result branch(boolean execute) {
    StringBuilder out = new StringBuilder();
    GuestShell.Result last = new GuestShell.Result(0, "");
    while (at < tokens.size() && !endsList(peek())) {
      GuestShell.Result next = andOr(execute);
      last = next;
      out.append(next.out());
      while (at < tokens.size() && peek().equals(";")) {
        at++;
      }
    }
    return new GuestShell.Result(last.exit(), out.toString());
  }

  private String peek() {
    return tokens.get(at);
  }

  private void expect(String token) {
    if (at >= tokens.size() || !peek().equals(token)) {
      throw new IllegalArgumentException("sh: syntax error: expected " + token);
    }
    at++;
  }
}
