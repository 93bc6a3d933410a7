package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schema takes what Drover loads, and points at what it does not know. */
class RouteSchemaTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final int SEED = Integer.getInteger("drover.seed", 20261124);
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(RouteSchema.generate());

  private static List<JsonNode> good() throws IOException {
    List<JsonNode> files = new ArrayList<>();
    for (PackagedRoutes.Packaged file :
        PackagedRoutes.files(PackagedRoutes.RUNBOOKS, ".camel.yaml")) {
      files.add(YAML.readTree(file.text()));
    }
    try (Stream<Path> examples = Files.list(Path.of("docs", "examples"))) {
      for (Path example : examples.filter(f -> f.toString().endsWith(".camel.yaml")).toList()) {
        files.add(YAML.readTree(Files.readAllBytes(example)));
      }
    }
    return files;
  }

  private record Place(ObjectNode object, String field) {}

  /** Every field but those whose names are the author's own. */
  private static void places(JsonNode node, List<Place> found) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              entry -> {
                found.add(new Place(object, entry.getKey()));
                if (!entry.getKey().equals("parameters")
                    && !Grammar.LANGUAGES.contains(entry.getKey())) {
                  places(entry.getValue(), found);
                }
              });
    } else {
      node.forEach(part -> places(part, found));
    }
  }

  @Test
  void takesWhatIsLoadedAndRefusesWhatIsMisspelt() throws IOException {
    List<JsonNode> files = good();
    for (JsonNode file : files) {
      assertThat(SCHEMA.validate(file)).isEmpty();
    }
    Random random = new Random(SEED);
    int refused = 0;
    int broken = 0;
    for (int i = 0; i < 300; i++) {
      JsonNode file = files.get(random.nextInt(files.size())).deepCopy();
      List<Place> places = new ArrayList<>();
      places(file, places);
      Place place = places.get(random.nextInt(places.size()));
      JsonNode value = place.object().remove(place.field());
      place.object().set(place.field() + "x", value);
      broken++;
      refused += SCHEMA.validate(file).isEmpty() ? 0 : 1;
    }
    System.out.printf(
        "SCHEMA MATRIX: files taken %d, misspelt ones refused %d of %d%n",
        files.size(), refused, broken);
    assertThat(refused).isEqualTo(broken);
  }

  @Test
  void knowsTheKameletsAndTheirParameters() throws IOException {
    String file =
        """
        - route:
            id: a
            description: A.
            from:
              uri: "runbook:a?mutating=false"
              steps:
                - step:
                    id: look
                    steps:
                      - to: { uri: "kamelet:prism-list-vms-action", parameters: { maxRows: 5 } }
        """;
    assertThat(SCHEMA.validate(YAML.readTree(file))).isEmpty();
    assertThat(SCHEMA.validate(YAML.readTree(file.replace("maxRows", "mostRows")))).isNotEmpty();
    assertThat(SCHEMA.validate(YAML.readTree(file.replace("maxRows: 5", "maxRows: 0"))))
        .isNotEmpty();
    assertThat(SCHEMA.validate(YAML.readTree(file.replace("list-vms", "list-wms")))).isNotEmpty();
    assertThat(SCHEMA.validate(YAML.readTree(file.replace("kamelet:", "exec:")))).isNotEmpty();
  }

  @Test
  void saysWhatAParameterMayBeAndWhatItIsWithoutIt() throws IOException {
    JsonNode parameters =
        RouteSchema.generate()
            .path("definitions")
            .path("parameters-of-prism-list-vms-action")
            .path("properties");
    assertThat(parameters.path("maxRows").path("default").isNumber()).isTrue();
    assertThat(parameters.path("maxRows").path("examples").path(0).asInt()).isEqualTo(500);
    String call = "kamelet:prism-list-vms-action\", parameters: { VALUE } }";
    String file =
        "- route: { id: a, description: A., from: { uri: \"runbook:a\", steps: [ { to: { uri: \""
            + call
            + " } ] } }";
    for (String good :
        List.of(
            "maxRows: \"5\"", "maxRows: \"{{my.rows:5}}\"", "rows: all", "rows: \"{{my.rows}}\"")) {
      assertThat(SCHEMA.validate(YAML.readTree(file.replace("VALUE", good)))).as(good).isEmpty();
    }
    for (String bad : List.of("maxRows: many", "maxRows: 2000000", "rows: some")) {
      assertThat(SCHEMA.validate(YAML.readTree(file.replace("VALUE", bad)))).as(bad).isNotEmpty();
    }
  }

  /** What editors know: references that are addresses, and no words of another draft. */
  @Test
  void isPlainDraftSeven() {
    JsonNode schema = RouteSchema.generate();
    assertThat(schema.path("$schema").asText())
        .isEqualTo("http://json-schema.org/draft-07/schema#");
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                .getSchema(SchemaLocation.of(SchemaId.V7))
                .validate(schema))
        .isEmpty();
    assertThat(schema.findValuesAsText("$ref"))
        .isNotEmpty()
        .allMatch(reference -> reference.matches("#/definitions/[A-Za-z0-9-]+"))
        .allMatch(reference -> !schema.at(reference.substring(1)).isMissingNode());
  }

  @Test
  void everyRunbookThatShipsHasTheSchemaOfItsInputs() {
    for (String runbook : Known.packaged().runbooks().keySet()) {
      JsonNode schema = RouteSchema.ofInputs(runbook);
      assertThat(schema == null ? "" : schema.path("type").asText())
          .as(runbook)
          .isEqualTo("object");
    }
    assertThat(RouteSchema.ofInputs("nobody")).isNull();
  }
}
