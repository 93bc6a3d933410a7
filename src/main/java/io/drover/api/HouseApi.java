package io.drover.api;

import io.drover.access.Caller;
import io.drover.access.Role;
import io.drover.access.Tokens;
import io.drover.execution.ApiTokens.ApiToken;
import io.drover.execution.Audit;
import io.drover.execution.Doctor;
import io.drover.execution.Hold;
import io.drover.execution.HostKeys;
import io.drover.execution.Occurrences;
import io.drover.execution.Orphans;
import io.drover.execution.ServedSystems;
import io.drover.execution.Timetable;
import io.drover.execution.VmLocks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1")
@Tag(name = "House", description = "Hold, locks, orphans, schedules, audit, keys and tokens")
class HouseApi {
  private final Hold hold;
  private final VmLocks locks;
  private final Orphans orphans;
  private final Occurrences occurrences;
  private final Timetable timetable;
  private final Audit audit;
  private final HostKeys hostKeys;
  private final ServedSystems served;
  private final Tokens tokens;
  private final Doctor doctor;

  HouseApi(
      Hold hold,
      VmLocks locks,
      Orphans orphans,
      Occurrences occurrences,
      Timetable timetable,
      Audit audit,
      HostKeys hostKeys,
      ServedSystems served,
      Tokens tokens,
      Doctor doctor) {
    this.hold = hold;
    this.locks = locks;
    this.orphans = orphans;
    this.occurrences = occurrences;
    this.timetable = timetable;
    this.audit = audit;
    this.hostKeys = hostKeys;
    this.served = served;
    this.tokens = tokens;
    this.doctor = doctor;
  }

  /** How the switch is to stand, and why. */
  record HoldRequest(boolean on, String reason) {}

  /** A token to make; it has the caller's name. */
  record TokenRequest(String name, Role role, @Nullable Integer expiresInDays) {}

  /** A new token; {@code secret} is shown this once. */
  record TokenView(ApiToken token, String secret) {}

  /** A host key that a person compared. */
  record HostKeyRequest(String fingerprint) {}

  /** Who is calling. */
  record Me(String name, Set<Role> roles, Set<String> groups) {}

  @GetMapping("/me")
  @Operation(summary = "Who you are here")
  Me me(@AuthenticationPrincipal Caller caller) {
    return new Me(caller.name(), caller.roles(), caller.groups());
  }

  @GetMapping("/hold")
  @Operation(summary = "Whether new mutations are stopped everywhere")
  Hold.Switch hold() {
    return hold.current();
  }

  @PutMapping("/hold")
  @Operation(summary = "Stop new mutations everywhere, or let them go on; rollbacks go on anyway")
  Hold.Switch hold(@RequestBody HoldRequest request, @AuthenticationPrincipal Caller caller) {
    hold.turn(request.on(), caller.name(), text("reason", request.reason(), 3, 1_000));
    return hold.current();
  }

  @GetMapping("/doctor")
  @Operation(summary = "Whether each system can be reached, and what its work needs is so")
  List<Doctor.Checkup> doctor() {
    return doctor.examine();
  }

  @GetMapping("/locks")
  @Operation(summary = "Which VM is locked by which execution")
  List<VmLocks.Held> locks() {
    return locks.all();
  }

  @GetMapping("/orphans")
  @Operation(summary = "Recovery points, locks and effects that no living execution accounts for")
  Orphans.Found orphans() {
    return orphans.find();
  }

  @GetMapping("/occurrences")
  @Operation(summary = "What became of the planned firings of schedules, newest first")
  List<Occurrences.Occurrence> occurrences(
      @RequestParam(required = false) @Nullable String runbook,
      @RequestParam(defaultValue = "50") int limit) {
    return occurrences.list(runbook, bounded(limit));
  }

  @GetMapping("/schedules")
  @Operation(summary = "The schedules that are live, each with its next fire times")
  List<Timetable.Planned> schedules(@RequestParam(defaultValue = "10") int times) {
    if (times < 1 || times > 100) {
      throw new IllegalArgumentException("times: " + times + " (expected: 1 to 100)");
    }
    return timetable.next(times);
  }

  @GetMapping("/audit")
  @Operation(summary = "Who did what, newest first")
  List<Audit.Entry> audit(@RequestParam(defaultValue = "100") int limit) {
    return audit.list(bounded(limit));
  }

  @GetMapping("/host-keys")
  @Operation(summary = "Host keys of guests that were accepted")
  List<HostKeys.HostKey> hostKeys() {
    return hostKeys.all();
  }

  @PutMapping("/host-keys/{system}/{vm}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Accept the host key of a VM, in the place of an earlier one")
  void accept(
      @PathVariable String system,
      @PathVariable String vm,
      @RequestBody HostKeyRequest request,
      @AuthenticationPrincipal Caller caller) {
    String fingerprint = request.fingerprint() == null ? "" : request.fingerprint();
    if (!fingerprint.matches("SHA256:[A-Za-z0-9+/]{43}")) {
      throw new IllegalArgumentException(
          "fingerprint: " + fingerprint + " (expected: SHA256:… as ssh-keygen -lf shows it)");
    }
    hostKeys.accept(system, vm, fingerprint, caller.name());
  }

  @DeleteMapping("/host-keys/{system}/{vm}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Forget the host key of a VM")
  void forget(
      @PathVariable String system,
      @PathVariable String vm,
      @AuthenticationPrincipal Caller caller) {
    if (!hostKeys.forget(system, vm, caller.name())) {
      throw new NoSuchElementException("There is no accepted host key of " + vm);
    }
  }

  @GetMapping("/served-systems")
  @Operation(summary = "Which Prism Central stood behind each name when it was first called")
  List<ServedSystems.Served> served() {
    return served.all();
  }

  @DeleteMapping("/served-systems/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Let a name stand for another Prism Central from now on, with a reason")
  void forgetSystem(
      @PathVariable String name,
      @RequestParam String reason,
      @AuthenticationPrincipal Caller caller) {
    if (!served.forget(name, caller.name(), text("reason", reason, 3, 1_000))) {
      throw new NoSuchElementException("No Prism Central of the name " + name + " was served");
    }
  }

  @GetMapping("/tokens")
  @Operation(summary = "Your tokens; an admin sees everybody's")
  List<ApiToken> tokens(@AuthenticationPrincipal Caller caller) {
    return tokens.list(caller);
  }

  @PostMapping("/tokens")
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(summary = "Make a token for yourself; its secret is shown this once")
  TokenView make(@RequestBody TokenRequest request, @AuthenticationPrincipal Caller caller) {
    if (request.role() == null) {
      throw new IllegalArgumentException("role: (missing) (expected: a role)");
    }
    int days = request.expiresInDays() == null ? 90 : request.expiresInDays();
    if (days < 1 || days > 366) {
      throw new IllegalArgumentException("expiresInDays: " + days + " (expected: 1..366)");
    }
    Tokens.Made made =
        tokens.make(
            caller, text("name", request.name(), 1, 200), request.role(), Duration.ofDays(days));
    return new TokenView(made.token(), made.text());
  }

  @DeleteMapping("/tokens/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Revoke a token")
  void revoke(@PathVariable String id, @AuthenticationPrincipal Caller caller) {
    if (!tokens.revoke(caller, id)) {
      throw new NoSuchElementException("You have no token " + id);
    }
  }

  private static String text(String name, @Nullable String value, int least, int most) {
    String text = value == null ? "" : value.strip();
    if (text.length() < least || text.length() > most) {
      throw new IllegalArgumentException(
          name + ": (expected: " + least + " to " + most + " characters)");
    }
    return text;
  }

  private static int bounded(int limit) {
    if (limit < 1 || limit > 1_000) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1..1000)");
    }
    return limit;
  }
}
