package io.drover.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a Kamelet's description says, part by part. All descriptions keep to one form: what it does,
 * {@code Given in the body, or as variables of these names: NAME (MEANING), …}, {@code Body
 * afterwards: …}, and what else there is to know.
 *
 * @param does sentences
 * @param variables whether what is given may stand in variables too
 * @param given in the order of the text
 * @param afterwards what the body is then; null when the file does not say
 * @param also more sentences; empty when there are none
 */
record Contract(
    String does, boolean variables, List<Given> given, @Nullable String afterwards, String also) {
  private static final String GIVEN = "Given in the body";
  private static final String AFTERWARDS = "Body afterwards: ";
  private static final String OR_ELSE = "or else ";

  /**
   * Something that a Kamelet takes from the body or a variable.
   *
   * @param means empty when the name says it all
   */
  record Given(String name, String means) {}

  static Contract of(Kamelet kamelet) {
    String text = kamelet.description().strip();
    int at = text.indexOf(GIVEN);
    int colon = text.indexOf(": ", Math.max(at, 0));
    if (at < 0 || colon < 0) {
      return new Contract(text, false, List.of(), null, "");
    }
    List<String> sentences = parts(text.substring(colon + 2), ". ");
    String afterwards = null;
    List<String> also = new ArrayList<>();
    for (String sentence : sentences.subList(1, sentences.size())) {
      if (sentence.startsWith(AFTERWARDS)) {
        afterwards = sentence.substring(AFTERWARDS.length());
      } else {
        also.add(sentence + ".");
      }
    }
    return new Contract(
        text.substring(0, at).strip(),
        text.substring(at, colon).contains("variable"),
        parts(sentences.get(0), ", ").stream().map(Contract::given).toList(),
        afterwards,
        String.join(" ", also));
  }

  private static Given given(String part) {
    boolean instead = part.startsWith(OR_ELSE);
    String one = instead ? part.substring(OR_ELSE.length()) : part;
    int space = one.indexOf(' ');
    String name = (space < 0 ? one : one.substring(0, space)).replace(";", "");
    String means = one.substring(Math.min(one.length(), name.length())).strip();
    int close = means.startsWith("(") ? closing(means) : -1;
    if (close > 0) {
      means = means.substring(1, close) + means.substring(close + 1);
    }
    return new Given(name, instead ? means + "; in place of the one before" : means);
  }

  private static int closing(String text) {
    int open = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (open == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Divided where no bracket is open; without the full stop at the end. */
  private static List<String> parts(String text, String by) {
    List<String> parts = new ArrayList<>();
    String whole = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    int open = 0;
    int begin = 0;
    for (int i = 0; i < whole.length(); i++) {
      char c = whole.charAt(i);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (open == 0 && whole.startsWith(by, i)) {
        parts.add(whole.substring(begin, i).strip());
        begin = i + by.length();
      }
    }
    parts.add(whole.substring(begin).strip());
    return parts;
  }
}
