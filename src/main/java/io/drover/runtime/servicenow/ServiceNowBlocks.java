package io.drover.runtime.servicenow;

import io.drover.runtime.BlockInput;
import io.drover.runtime.StepContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the servicenow Kamelets ask of the door, made of what they are given. */
public final class ServiceNowBlocks {
  private static final int LONGEST_KEY = 100; // correlation_id holds so many characters

  ServiceNowBlocks() {}

  /** A list of records; table and fields in the body go before those given here. */
  public void list(Exchange exchange, String table, String fields, int maxRows) {
    BlockInput in = new BlockInput(exchange);
    String asked = in.optional("table");
    Object given = in.value("fields");
    Set<String> names = new LinkedHashSet<>();
    if (given instanceof Iterable<?> many) {
      many.forEach(name -> names.add(String.valueOf(name)));
    } else {
      Arrays.stream((given == null ? fields : given.toString()).split(","))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .forEach(names::add);
    }
    if (maxRows < 1 || maxRows > 1_000_000) {
      throw BlockInput.wrong("maxRows", String.valueOf(maxRows), "1..1000000");
    }
    exchange
        .getMessage()
        .setBody(
            new ServiceNowList(
                asked == null ? table : asked, names, conditions(in.value("conditions")), maxRows));
  }

  /** A misspelt condition must not silently select everything. */
  private static List<Condition> conditions(@Nullable Object given) {
    List<Condition> conditions = new ArrayList<>();
    if (given instanceof Iterable<?> many) {
      for (Object each : many) {
        if (each instanceof Condition condition) {
          conditions.add(condition);
        } else if (each instanceof Map<?, ?> map) {
          conditions.add(Condition.of(map));
        } else {
          throw BlockInput.wrong("conditions", String.valueOf(each), "field, operator, value");
        }
      }
    } else if (given != null) {
      throw BlockInput.wrong("conditions", given.toString(), "a list of field, operator, value");
    }
    return conditions;
  }

  /** What is put into the outbox: the report in the body, with the execution that made it. */
  public Map<String, Object> report(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    String key = in.text("key");
    if (key.length() > LONGEST_KEY) {
      throw BlockInput.wrong("key", key, "at most " + LONGEST_KEY + " characters");
    }
    Condition checked = new Condition("correlation_id", Condition.Operator.EQUALS, key);
    Object findings = in.value("findings");
    if (!(findings instanceof Number number)) {
      throw BlockInput.wrong("findings", String.valueOf(findings), "a number");
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("key", checked.value());
    report.put("execution", StepContext.of(exchange).key().execution());
    report.put("findings", number.intValue());
    report.put("title", in.text("title"));
    report.put("description", in.text("description"));
    report.put("note", in.text("note"));
    return report;
  }
}
