package io.drover.catalog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the packaged Kamelets do, take and leave, for pages and for the command line. */
public final class KameletReference {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, Kamelet> kamelets;

  private KameletReference(Map<String, Kamelet> kamelets) {
    this.kamelets = new TreeMap<>(kamelets);
  }

  public static KameletReference packaged() {
    return new KameletReference(Known.packaged().kamelets());
  }

  /** One object for each, by name. */
  public ArrayNode all() {
    ArrayNode all = JSON.arrayNode();
    kamelets.values().forEach(kamelet -> all.add(json(kamelet)));
    return all;
  }

  /** One; null when there is none of that name. */
  public @Nullable ObjectNode find(String name) {
    Kamelet kamelet = kamelets.get(name);
    return kamelet == null ? null : json(kamelet);
  }

  /** The name that is most like one that there is not; null when none is. */
  public @Nullable String nearest(String name) {
    return Nearest.to(name, kamelets.keySet());
  }

  private ObjectNode json(Kamelet kamelet) {
    Contract contract = Contract.of(kamelet);
    ObjectNode node = JSON.objectNode();
    node.put("name", kamelet.name());
    node.put("system", kamelet.name().replaceFirst("-.*", ""));
    node.put("title", kamelet.title()).put("does", contract.does());
    node.put("effect", kamelet.effect().name().toLowerCase(java.util.Locale.ROOT));
    node.put("stands", stands(kamelet));
    kamelet.undoneBy().forEach(node.putArray("undoneBy")::add);
    undoes(kamelet.name()).forEach(node.putArray("undoes")::add);
    ArrayNode given = node.putArray("given");
    for (Contract.Given one : contract.given()) {
      given.addObject().put("name", one.name()).put("means", one.means());
    }
    node.put("givenAs", contract.variables() ? "body or variables" : "body");
    node.put("bodyAfterwards", contract.afterwards());
    node.put("also", contract.also());
    ArrayNode parameters = node.putArray("parameters");
    kamelet.parameters().values().forEach(one -> parameters.add(json(one)));
    return node;
  }

  private static ObjectNode json(Kamelet.Parameter parameter) {
    ObjectNode node = JSON.objectNode();
    node.put("name", parameter.name()).put("title", parameter.title());
    node.put("description", parameter.description());
    node.put("type", type(parameter)).put("required", parameter.required());
    node.put("default", parameter.defaultValue()).put("example", parameter.example());
    if (parameter.minimum() != null) {
      node.put("minimum", parameter.minimum());
    }
    if (parameter.maximum() != null) {
      node.put("maximum", parameter.maximum());
    }
    if (!parameter.values().isEmpty()) {
      parameter.values().forEach(node.putArray("enum")::add);
    }
    return node;
  }

  private static String type(Kamelet.Parameter parameter) {
    return KameletRule.isDuration(parameter.defaultValue()) ? "duration" : parameter.type();
  }

  /** Where it may stand, as the rule {@code way-back} wants it. */
  private static String stands(Kamelet kamelet) {
    return switch (kamelet.effect()) {
      case READS -> "Reads only; stands anywhere.";
      case TELLS -> "Tells people or another system; decides no outcome and stands anywhere.";
      case PROTECTS -> "Takes a recovery point: what changes something may stand behind it.";
      case ADDS -> "Makes something beside what is there; needs nothing before it.";
      case CHANGES ->
          kamelet.undoneBy().isEmpty()
              ? "Changes or removes what is there, and nothing takes it back: stands behind an"
                  + " approval."
              : "Changes what is there: stands behind a recovery point or an approval, and an"
                  + " onException takes it back.";
    };
  }

  private List<String> undoes(String name) {
    List<String> undone = new ArrayList<>();
    for (Kamelet other : kamelets.values()) {
      if (other.undoneBy().contains(name)) {
        undone.add(other.name());
      }
    }
    return undone;
  }
}
