package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.component.kamelet.KameletEndpointConfigurer;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.yaml.snakeyaml.Yaml;

/** A block is a contract before it is a route. */
class KameletsTest {
  private static final Pattern USED = Pattern.compile("\\{\\{(\\w+)}}");

  record Kamelet(String file, String text, Map<String, Object> definition) {
    @SuppressWarnings("unchecked")
    Map<String, Map<String, Object>> properties() {
      return (Map<String, Map<String, Object>>) definition.getOrDefault("properties", Map.of());
    }

    Set<String> used() {
      return USED.matcher(text)
          .results()
          .map(found -> found.group(1))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Kamelet> kamelets() throws IOException {
    Resource[] found =
        new PathMatchingResourcePatternResolver()
            .getResources("classpath*:routes/kamelets/*.kamelet.yaml");
    assertThat(found).isNotEmpty();
    return Arrays.stream(found).map(KameletsTest::read);
  }

  @SuppressWarnings("unchecked")
  private static Kamelet read(Resource resource) {
    try {
      String text = resource.getContentAsString(StandardCharsets.UTF_8);
      Map<String, Object> whole = new Yaml().load(text);
      Map<String, Object> spec = (Map<String, Object>) whole.getOrDefault("spec", Map.of());
      return new Kamelet(
          String.valueOf(resource.getFilename()),
          text,
          (Map<String, Object>) spec.getOrDefault("definition", Map.of()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kamelets")
  void saysWhatItTakesAndDoes(Kamelet kamelet) {
    SoftAssertions all = new SoftAssertions();
    all.assertThat(kamelet.file()).matches("[a-z]+(-[a-z]+)+-action\\.kamelet\\.yaml");
    all.assertThat(kamelet.definition()).containsKeys("title", "description", "type");
    all.assertThat(kamelet.used())
        .as("everything declared is used, everything used is declared")
        .isEqualTo(new TreeSet<>(kamelet.properties().keySet()));
    kamelet
        .properties()
        .forEach(
            (name, property) -> {
              all.assertThat(property)
                  .as(name)
                  .containsKeys("title", "description", "type", "default", "example");
              if ("integer".equals(property.get("type"))) {
                all.assertThat(property).as(name).containsKeys("minimum", "maximum");
              }
            });
    all.assertAll();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kamelets")
  void takesNoPropertyThatCamelTakesForItself(Kamelet kamelet) {
    KameletEndpointConfigurer options = new KameletEndpointConfigurer();
    assertThat(kamelet.properties().keySet())
        .as("a Kamelet endpoint keeps its own options, and the block would never see them")
        .allSatisfy(name -> assertThat(options.getOptionType(name, true)).as(name).isNull());
  }
}
