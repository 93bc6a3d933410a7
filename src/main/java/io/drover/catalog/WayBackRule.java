package io.drover.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What changes something stands behind a recovery point or an approval, and something takes it back
 * when a later step fails. What cannot be taken back stands behind an approval.
 *
 * <p>"Behind" means on every way through the route: what stands in one branch of a choice, in a
 * loop or in a try that is caught counts for what is inside there alone. What undoes stands in an
 * {@code onException} or in the {@code doCatch} around; inside these nothing is asked any more.
 */
final class WayBackRule implements Rule {

  @Override
  public String name() {
    return "way-back";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    Map<String, Runbook> runbooks = new HashMap<>(known.runbooks());
    file.declared().runbooks().forEach(runbook -> runbooks.put(runbook.name(), runbook));
    for (Block route : file.routes()) {
      Uri from = RouteFile.from(route);
      if (from == null) {
        continue;
      }
      Walk walk = new Walk(known.kamelets(), runbooks, findings, route, from);
      if (from.scheme().equals("runbook")) {
        boolean approvedByItsStarter = from.says("internal", "true");
        walk.all(route.children(), new State(false, approvedByItsStarter));
      } else {
        walk.elsewhere(route);
      }
    }
  }

  /** What is certain at a place: that a recovery point was taken, that somebody said yes. */
  private record State(boolean point, boolean approved) {
    /** Nothing goes on from here, so nothing can be missing there. */
    static final State NOWHERE = new State(true, true);

    State and(State other) {
      return new State(point && other.point, approved && other.approved);
    }
  }

  private static final class Walk {
    private final Map<String, Kamelet> kamelets;
    private final Map<String, Runbook> runbooks;
    private final Findings findings;
    private final Block route;
    private final boolean recovery;
    private final List<Kamelet> changed = new ArrayList<>();

    Walk(
        Map<String, Kamelet> kamelets,
        Map<String, Runbook> runbooks,
        Findings findings,
        Block route,
        Uri from) {
      this.kamelets = kamelets;
      this.runbooks = runbooks;
      this.findings = findings;
      this.route = route;
      this.recovery = from.says("recovery", "true");
    }

    State all(List<Block> blocks, State state) {
      State now = state;
      for (Block block : blocks) {
        now = one(block, now);
      }
      return now;
    }

    private State one(Block block, State state) {
      return switch (block.name()) {
        case "from", "step" -> all(block.children(), state);
        case "stop", "throwException" -> State.NOWHERE;
        case "choice" -> choice(block, state);
        case "doTry" -> attempt(block, state);
        case "onException" -> {
          undoing(block);
          yield state;
        }
        case "loop", "filter", "split" -> {
          all(block.children(), state);
          yield state;
        }
        default -> call(block, state);
      };
    }

    private State choice(Block choice, State state) {
      State out = null;
      boolean otherwise = false;
      for (Block branch : choice.children()) {
        State end = all(branch.children(), state);
        out = out == null ? end : out.and(end);
        otherwise |= branch.is("otherwise");
      }
      return out == null ? state : otherwise ? out : out.and(state);
    }

    private State attempt(Block attempt, State state) {
      List<Block> body = new ArrayList<>();
      State caught = State.NOWHERE;
      for (Block child : attempt.children()) {
        if (child.is("doCatch")) {
          // A catch recovers, so nothing is asked inside; but what it took counts for nobody.
          undoing(child);
          caught = caught.and(stops(child) ? State.NOWHERE : state);
        } else if (!child.is("doFinally")) {
          body.add(child);
        }
      }
      State out = all(body, state).and(caught);
      for (Block child : attempt.children()) {
        if (child.is("doFinally")) {
          all(child.children(), state);
        }
      }
      return out;
    }

    /**
     * In a recovery nothing is asked, so it does only what takes back something that this route
     * does; else whoever wants no approval would write the change there.
     */
    private void undoing(Block clause) {
      if (clause.inside("onException", "doCatch")) {
        return; // seen with the one around
      }
      for (Block block : clause.all()) {
        Uri uri = block.uri();
        Kamelet kamelet =
            uri != null && uri.scheme().equals("kamelet") ? kamelets.get(uri.path()) : null;
        if (uri != null
            && kamelet != null
            && kamelet.effect() == Kamelet.Effect.CHANGES
            && kamelet.undoneBy().isEmpty()
            && !recovery
            && !takesBack(kamelet)) {
          findings.add(
              uri.at(),
              kamelet.name() + " in a recovery that it is not part of",
              "what takes back a step of this route; else an approval, and it in a step after it");
        }
      }
    }

    private boolean takesBack(Kamelet kamelet) {
      for (Block block : route.all()) {
        Uri uri = block.inside("onException") ? null : block.uri();
        Kamelet done =
            uri != null && uri.scheme().equals("kamelet") ? kamelets.get(uri.path()) : null;
        boolean added = done != null && done.effect() == Kamelet.Effect.ADDS;
        if (done != null && (added || done.undoneBy().contains(kamelet.name()))) {
          return true;
        }
        if (uri != null && uri.scheme().equals("runbook") && !block.is("from")) {
          return true; // what a child did, its parent may have to take back
        }
      }
      return false;
    }

    private static boolean stops(Block branch) {
      return !branch.children().isEmpty()
          && branch.children().get(branch.children().size() - 1).is("stop", "throwException");
    }

    private State call(Block block, State state) {
      Uri uri = block.uri();
      if (uri == null) {
        return state;
      }
      switch (uri.scheme()) {
        case "approval" -> {
          return new State(state.point(), true);
        }
        case "kamelet" -> {
          Kamelet kamelet = kamelets.get(uri.path());
          if (kamelet == null) {
            return state;
          }
          if (kamelet.effect() == Kamelet.Effect.PROTECTS) {
            return new State(true, state.approved());
          }
          if (kamelet.effect() == Kamelet.Effect.CHANGES) {
            changes(block, uri, kamelet, state);
          }
        }
        case "runbook" -> {
          Runbook runbook = runbooks.get(uri.path());
          if (runbook != null && runbook.internal() && runbook.mutating() && !state.approved()) {
            findings.add(
                uri.at(),
                "runbook:" + uri.path() + " before an approval",
                "an approval on every way to it: it asks for none itself");
          }
        }
        default -> {
          // changes nothing
        }
      }
      return state;
    }

    private void changes(Block block, Uri uri, Kamelet kamelet, State state) {
      boolean undone = !kamelet.undoneBy().isEmpty() && undone(block, kamelet);
      boolean restores = restored(kamelet);
      changed.add(kamelet);
      if (kamelet.undoneBy().isEmpty()) {
        if (!state.approved()) {
          findings.add(
              uri.at(),
              kamelet.name() + " before an approval",
              "an approval on every way to it: nothing takes it back");
        }
        return;
      }
      if (!state.point() && !state.approved()) {
        findings.add(
            uri.at(),
            kamelet.name() + " with no recovery point or approval before it",
            "a step before it, on every way to it, that takes a recovery point or asks");
      } else if (!undone && !recovery && !restores) {
        findings.add(
            uri.at(),
            kamelet.name() + " without a way back",
            "an onException that calls one of "
                + String.join(", ", kamelet.undoneBy())
                + " or starts a recovery runbook");
      }
    }

    /** On again after off, and the other way round: it is the way back of what was before it. */
    private boolean restored(Kamelet kamelet) {
      return changed.stream().anyMatch(before -> before.undoneBy().contains(kamelet.name()));
    }

    private boolean undone(Block block, Kamelet kamelet) {
      List<Block> recoveries = new ArrayList<>();
      for (Block each : route.all()) {
        if (each.is("onException") && broad(each)) {
          recoveries.add(each);
        }
      }
      for (Block attempt = block.ancestor("doTry");
          attempt != null;
          attempt = attempt.ancestor("doTry")) {
        attempt.children().stream()
            .filter(child -> child.is("doCatch") && broad(child))
            .forEach(recoveries::add);
      }
      return recoveries.stream()
          .flatMap(each -> each.all().stream())
          .map(Block::uri)
          .anyMatch(uri -> uri != null && undoes(uri, kamelet));
    }

    private boolean undoes(Uri uri, Kamelet kamelet) {
      if (uri.scheme().equals("kamelet")) {
        return kamelet.undoneBy().contains(uri.path());
      }
      Runbook runbook = runbooks.get(uri.path());
      return uri.scheme().equals("runbook") && runbook != null && runbook.recovery();
    }

    /** Whether it is taken for whatever goes wrong, not only for some of it. */
    private static boolean broad(Block clause) {
      return clause.option("onWhen") == null
          && clause.option("exception") instanceof Node.Items items
          && items.items().stream()
              .anyMatch(
                  item ->
                      item instanceof Node.Text text && TypesRule.FAILURES.contains(text.value()));
    }

    /** In a sub-route or a trigger nobody sees what is before it. */
    void elsewhere(Block other) {
      for (Block block : other.all()) {
        Uri uri = block.is("from") ? null : block.uri();
        if (uri == null) {
          continue;
        }
        Kamelet kamelet = uri.scheme().equals("kamelet") ? kamelets.get(uri.path()) : null;
        if (kamelet != null && kamelet.effect() == Kamelet.Effect.CHANGES) {
          findings.add(
              uri.at(),
              kamelet.name() + " outside a runbook",
              "a step of a runbook, where what is before it can be seen");
        }
        Runbook runbook = uri.scheme().equals("runbook") ? runbooks.get(uri.path()) : null;
        if (runbook != null && runbook.internal()) {
          findings.add(
              uri.at(),
              "runbook:" + uri.path() + " outside a runbook",
              "a runbook that is not internal, and asks for its approval itself");
        }
      }
    }
  }
}
