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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answer to {@code why} for scripts. */
final class WhyJson {
  private WhyJson() {}

  static String of(RecordedRun run, UnitTarget target, Origins origins, Instant time) {
    RecordedStep step = target.step();
    JsonText json =
        JsonText.document()
            .text("event", "why")
            .text("run", run.id())
            .text("time", time.toString())
            .text("pipeline", run.header().pipeline())
            .text("step", step.name())
            .number("units", step.units())
            .outcomes(step.outcomes())
            .list("caveats", step.parts().map(StepParts::caveats).orElse(List.of()));
    if (target.partition().isPresent()) {
      step.unit(target.partition().getAsInt()).ifPresent(unit -> unit(json, step, unit, origins));
      return json.end();
    }
    List<RecordedUnit> notCached = new ArrayList<>(step.notCached());
    return json.list("parts_changed", partsChanged(notCached))
        .objects(
            "changed",
            notCached.isEmpty() ? List.of() : notCached.get(0).changed(),
            WhyJson::change)
        .objects("not_cached", notCached, (each, unit) -> unit(each, step, unit, origins))
        .end();
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
  static void unit(JsonText json, RecordedStep step, RecordedUnit unit, Origins origins) {
    json.number("partition", unit.partition())
        .text("label", unit.label())
        .text("outcome", unit.outcome().name())
        .reason(unit.reason())
        .text("key", unit.key().map(Fingerprint::toString).orElse(null))
        .number("attempts", unit.attempts())
        .number("millis", Math.round(unit.durationNanos() / 1e6))
        .text("message", unit.message())
        .text("error", unit.error() == null ? null : FailureText.headline(unit.error()))
        .objects("changed", unit.changed(), WhyJson::change);
    Optional<StepParts> parts = step.parts();
    json.objects(
        "parts",
        parts.isPresent() ? KeyPart.of(parts.get(), unit) : List.of(),
        (each, part) ->
            each.text("part", part.part())
                .text("value", part.value())
                .text("digest", part.digest()));
    Optional<CacheEntry> entry = unit.reason() == null ? origins.find(unit) : Optional.empty();
    json.object("origin", entry.orElse(null), WhyJson::origin);
  }

  private static void change(JsonText json, Change change) {
    json.text("part", change.part()).text("old", change.before()).text("new", change.now());
  }

  private static void origin(JsonText json, CacheEntry entry) {
    json.text("run", entry.origin().run())
        .text("step", entry.origin().step())
        .text("executor", entry.origin().executor())
        .text("host", entry.origin().host())
        .text("time", Instant.ofEpochMilli(entry.createdMillis()).toString());
  }
}
