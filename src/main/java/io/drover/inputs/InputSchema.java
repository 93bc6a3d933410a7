package io.drover.inputs;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.ApplyDefaultsStrategy;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.resource.DisallowSchemaLoader;
import io.drover.catalog.Finding;
import io.drover.execution.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema (2020-12) of a runbook's inputs: refuses wrong ones field by field and fills in
 * defaults.
 */
public final class InputSchema {
  /** How the name of a schema's file goes on behind that of its runbook. */
  public static final String ENDING = ".schema.json";

  /** Rule of findings in a schema. */
  private static final String RULE = "inputs";

  private static final int SHOWN = 200;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(32).maxDocumentLength(1 << 20).build());
  }

  /** A schema names no other document: one would be fetched from wherever it says. */
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(
          SpecVersion.VersionFlag.V202012,
          builder ->
              builder.schemaLoaders(
                  loaders ->
                      loaders.values(all -> all.add(0, DisallowSchemaLoader.getInstance()))));

  /** What a schema is itself; read once, since it consists of eight documents. */
  private static final JsonSchema OF_SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(SchemaLocation.of(SchemaId.V202012));

  private final JsonSchema schema;

  public InputSchema(String text) {
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder()
            .applyDefaultsStrategy(new ApplyDefaultsStrategy(true, true, true))
            .formatAssertionsEnabled(true)
            .regularExpressionFactory(BoundedRegex::new)
            .locale(java.util.Locale.ROOT)
            .build();
    schema = SCHEMAS.getSchema(text, config);
  }

  /**
   * Whether a text is a schema of inputs at all.
   *
   * @throws WrongSchema when it is not
   */
  public static void check(String text) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw at == null
          ? new WrongSchema(cut(e.getOriginalMessage()), 1, 1)
          : new WrongSchema(cut(e.getOriginalMessage()), at.getLineNr(), at.getColumnNr());
    }
    if (!"object".equals(node.path("type").asText())) {
      throw wrong(text, "/type", "type: " + cut(node.path("type").toString()));
    }
    if (!node.path("$schema").asText(SchemaId.V202012).replace("#", "").equals(SchemaId.V202012)) {
      throw wrong(text, "/$schema", "$schema: " + cut(node.path("$schema").toString()));
    }
    SchemaRefs.Wrong refs = SchemaRefs.wrong(node);
    if (refs != null) {
      throw wrong(text, refs.pointer(), cut(refs.why()));
    }
    Set<ValidationMessage> wrong = OF_SCHEMAS.validate(node);
    if (!wrong.isEmpty()) {
      ValidationMessage first = wrong.iterator().next();
      throw wrong(text, pointer(first.getInstanceLocation()), cut(first.getMessage()));
    }
    try {
      InputSchema schema = new InputSchema(text);
      schema.schema.initializeValidators();
      schema.accept("{}");
    } catch (InvalidInput e) {
      // Nothing at all may well be too little.
    } catch (StackOverflowError e) {
      throw new WrongSchema("a schema without end", 1, 1);
    }
  }

  /**
   * What is wrong with a file that is to be the schema of a runbook's inputs; null when nothing is.
   *
   * @param fileName without its folder
   */
  public static @Nullable Finding finding(String fileName, String text) {
    try {
      check(text);
      return null;
    } catch (RuntimeException e) {
      WrongSchema at = e instanceof WrongSchema wrong ? wrong : null;
      return new Finding(
          fileName,
          at == null ? 1 : at.line(),
          at == null ? 1 : at.column(),
          RULE,
          String.valueOf(e.getMessage()),
          "a JSON Schema (2020-12) of an object",
          null);
    }
  }

  /** A schema that is none, and where it is not. */
  public static final class WrongSchema extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    WrongSchema(String why, int line, int column) {
      super(why);
      this.line = line;
      this.column = column;
    }

    int line() {
      return line;
    }

    int column() {
      return column;
    }
  }

  private static String pointer(JsonNodePath path) {
    StringBuilder pointer = new StringBuilder();
    for (int i = 0; i < path.getNameCount(); i++) {
      String name = String.valueOf(path.getElement(i));
      pointer.append('/').append(name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  /** At the value that a pointer leads to, or at the nearest thing around it that is there. */
  private static WrongSchema wrong(String text, String pointer, String why) {
    int line = 1;
    int column = 1;
    int longest = -1;
    try (JsonParser parser = MAPPER.getFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        String at = parser.getParsingContext().pathAsPointer().toString();
        boolean around = pointer.equals(at) || pointer.startsWith(at + "/");
        if (around && at.length() > longest) {
          longest = at.length();
          line = parser.currentTokenLocation().getLineNr();
          column = parser.currentTokenLocation().getColumnNr();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A text that was read before", e);
    }
    return new WrongSchema(why, line, column);
  }

  /**
   * The inputs with defaults filled in, as JSON.
   *
   * @throws InvalidInput naming every wrong field
   */
  public String accept(String inputs) {
    JsonNode node;
    try {
      node = MAPPER.readTree(inputs.isBlank() ? "{}" : inputs);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          List.of(
              new InvalidInput.Field(
                  "(body)",
                  where(e.getLocation()) + cut(e.getOriginalMessage()),
                  "a JSON object of at most 1 MiB")));
    }
    if (!node.isObject()) {
      throw new InvalidInput(
          List.of(new InvalidInput.Field("(body)", cut(node.toString()), "a JSON object")));
    }
    Set<ValidationMessage> messages;
    try {
      messages = schema.walk(node, true).getValidationMessages();
    } catch (StackOverflowError e) {
      throw new InvalidInput(
          List.of(new InvalidInput.Field("(body)", "more levels than can be checked", "fewer")));
    }
    if (!messages.isEmpty()) {
      List<InvalidInput.Field> fields = new ArrayList<>();
      for (ValidationMessage message : messages) {
        fields.add(field(message));
      }
      throw new InvalidInput(fields);
    }
    return node.toString();
  }

  /** A document that is too long is refused at no place of its own. */
  private static String where(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
  }

  private static InvalidInput.Field field(ValidationMessage message) {
    String path = message.getInstanceLocation().toString();
    String name = path.startsWith("$.") ? path.substring(2) : path.equals("$") ? "" : path;
    name = name.startsWith("/") ? name.substring(1).replace('/', '.') : name;
    String property = message.getProperty();
    JsonNode value = message.getInstanceNode();
    if ("required".equals(message.getType())) {
      return new InvalidInput.Field(join(name, property), "(missing)", expected(message));
    }
    if (property != null && !property.isEmpty()) {
      name = join(name, property);
      value = value != null && value.isObject() ? value.get(property) : value;
    }
    return new InvalidInput.Field(
        name.isEmpty() ? "(body)" : name,
        value == null ? "" : cut(value.toString()),
        expected(message));
  }

  private static String expected(ValidationMessage message) {
    JsonNode schema = message.getSchemaNode();
    return switch (message.getType()) {
      case "required" -> "a value";
      case "additionalProperties", "unevaluatedProperties" -> "no such field";
      case "type" -> "type " + text(schema);
      case "enum" -> "one of " + text(schema);
      case "minimum" -> "at least " + text(schema);
      case "maximum" -> "at most " + text(schema);
      case "pattern" -> "text matching " + text(schema);
      case "minItems" -> "at least " + text(schema) + " entries";
      case "maxItems" -> "at most " + text(schema) + " entries";
      case "minLength" -> "at least " + text(schema) + " characters";
      case "maxLength" -> "at most " + text(schema) + " characters";
      default -> cut(message.getError() == null ? message.getMessage() : message.getError());
    };
  }

  private static String text(JsonNode node) {
    return node == null ? "" : cut(node.isTextual() ? node.asText() : node.toString());
  }

  private static String join(String parent, String property) {
    return parent.isEmpty() ? property : parent + "." + property;
  }

  private static String cut(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
  }
}
