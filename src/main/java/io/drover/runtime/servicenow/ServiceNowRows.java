package io.drover.runtime.servicenow;

import io.drover.runtime.CallFailure;
import io.drover.runtime.CallFailure.Verdict;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of a list, one by one; a page is read when its first row is asked for. A page may be
 * short and have a next one, since ServiceNow counts rows before it hides those that we may not
 * see; and a part of a query that it does not understand is left out, so every row is looked at
 * again.
 */
public final class ServiceNowRows implements Iterator<Map<String, Object>> {
  /** Pages in one list; more mean that its totals are wrong. */
  private static final int MOST_PAGES = 10_000;

  private final ServiceNowList list;
  private final int pageSize;
  private final Function<ServiceNowRequest, ServiceNowAnswer> read;
  private final Queue<Map<String, Object>> rows = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> unknown;
  private int pages;
  private int got;
  private @Nullable Integer total;
  private boolean finished;

  ServiceNowRows(
      ServiceNowList list, int pageSize, Function<ServiceNowRequest, ServiceNowAnswer> read) {
    this.list = list;
    this.pageSize = pageSize;
    this.read = read;
    this.unknown = new HashSet<>(list.fields());
  }

  @Override
  public boolean hasNext() {
    while (rows.isEmpty() && !finished) {
      nextPage();
    }
    return !rows.isEmpty();
  }

  @Override
  public Map<String, Object> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return rows.remove();
  }

  /** Records that match and that ServiceNow did not show; known at the end, if it counts at all. */
  public int hidden() {
    return total == null ? 0 : Math.max(0, total - got);
  }

  private void nextPage() {
    if (pages >= MOST_PAGES) {
      throw new CallFailure(
          Verdict.REFUSED,
          "endless-list",
          "ServiceNow's list of " + list.table() + " did not end after " + pages + " pages");
    }
    int offset = pages * pageSize;
    ServiceNowAnswer answer = read.apply(list.page(offset, pageSize));
    pages++;
    List<Map<String, Object>> page = answer.rows();
    total = answer.total();
    got += page.size();
    for (Map<String, Object> row : page) {
      unknown.removeAll(row.keySet());
      boolean wanted = list.conditions().stream().allMatch(condition -> condition.holds(row));
      if (wanted && seen.add(String.valueOf(row.get("sys_id")))) {
        rows.add(row);
      }
    }
    finished = total == null ? page.isEmpty() && !answer.hasNext() : offset + pageSize >= total;
    if (finished && got > 0 && !unknown.isEmpty()) {
      throw new CallFailure(
          Verdict.REFUSED,
          "field-unknown",
          "ServiceNow's "
              + list.table()
              + " has no "
              + String.join(", ", new java.util.TreeSet<>(unknown))
              + ", or its user may not read it; what is asked of it cannot be told");
    }
  }
}
