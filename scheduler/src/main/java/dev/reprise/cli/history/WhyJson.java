package dev.reprise.cli.history;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.console.FailureText;
import dev.reprise.console.JsonText;
import dev.reprise.explain.StepParts;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.run.RunListener.Change;
import dev.reprise.run.RunListener.Keeping;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answer to {@code why} for scripts. */
final class WhyJson {
  private WhyJson() {}

  /** Prints the answer as it is made: a step may have 100,000 units. */
  static void print(
      PrintStream out, RecordedRun run, UnitTarget target, Origins origins, Instant time) {
    RecordedStep step = target.step();
    JsonText json =
        JsonText.document(out)
            .text("event", "why")
            .text("run", run.id())
            .text("time", time.toString())
            .text("pipeline", run.header().pipeline())
            .text("step", step.name())
            .number("units", step.units())
            .outcomes(step.outcomes())
            .written(step.parts())
            .list("caveats", step.parts().map(StepParts::caveats).orElse(List.of()));
    if (target.partition().isPresent()) {
      step.unit(target.partition().getAsInt())
          .ifPresent(
              unit -> {
                unit(json, unit, origins);
                List<KeyPart> all =
                    step.parts().map(parts -> KeyPart.of(parts, unit)).orElse(List.of());
                json.objects("parts", all, WhyJson::part);
              });
      out.println(json.end());
      return;
    }
    List<RecordedUnit> notCached = new ArrayList<>(step.notCached());
    json.list("parts_changed", partsChanged(notCached))
        .objects(
            "changed",
            notCached.isEmpty() ? List.of() : notCached.get(0).changed(),
            WhyJson::change);
    units(json, step, origins);
    out.println(json.end());
  }

  /**
   * The fields of a step that tell of its units: what their keys have in common once, and what is
   * each unit's own with it.
   */
  static void units(JsonText json, RecordedStep step, Origins origins) {
    Optional<StepParts> parts = step.parts();
    json.objects("parts", parts.map(KeyPart::ofStep).orElse(List.of()), WhyJson::part);
    json.objects(
        "not_cached",
        step.notCached(),
        (each, unit) -> {
          unit(each, unit, origins);
          List<KeyPart> own =
              parts.map(known -> KeyPart.ofArguments(known, unit)).orElse(List.of());
          each.objects("parts", own, WhyJson::part);
        });
  }

  private static List<String> partsChanged(List<RecordedUnit> units) {
    return units.stream()
        .flatMap(unit -> unit.changed().stream())
        .map(Change::part)
        .distinct()
        .sorted()
        .toList();
  }

  /** The fields of a unit; those that the console's events have are named as there. */
  private static void unit(JsonText json, RecordedUnit unit, Origins origins) {
    Keeping keeping = unit.keeping();
    json.number("partition", unit.partition())
        .text("label", unit.label())
        .text("outcome", unit.outcome().name())
        .reason(unit.reason())
        .text("key", unit.key().map(Fingerprint::toString).orElse(null))
        .number("attempts", unit.attempts())
        .number("millis", Math.round(unit.durationNanos() / 1e6))
        .text("kept", keeping == null ? null : keeping.state().name())
        .text("not_kept_because", keeping == null ? null : keeping.because())
        .text("message", unit.message())
        .text("error", unit.error() == null ? null : FailureText.headline(unit.error()))
        .objects("changed", unit.changed(), WhyJson::change);
    Optional<CacheEntry> entry = unit.reason() == null ? origins.find(unit) : Optional.empty();
    json.object("origin", entry.orElse(null), WhyJson::origin);
  }

  private static void part(JsonText json, KeyPart part) {
    json.text("part", part.part()).text("value", part.value()).text("digest", part.digest());
  }

  private static void change(JsonText json, Change change) {
    json.text("part", change.part()).text("old", change.before()).text("new", change.now());
  }

  private static void origin(JsonText json, CacheEntry entry) {
    json.text("run", entry.origin().run())
        .text("step", entry.origin().step())
        .number("attempt", entry.origin().attempt())
        .text("executor", entry.origin().executor())
        .text("host", entry.origin().host())
        .text("time", Instant.ofEpochMilli(entry.createdMillis()).toString());
  }
}
