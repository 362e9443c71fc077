package dev.reprise.cli.cache;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.Origin;
import dev.reprise.cache.index.Origin.NamedKey;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.cache.store.ResultStore.Presence;
import dev.reprise.cache.upkeep.ExportSource;
import dev.reprise.cache.upkeep.ImportNote;
import dev.reprise.cli.base.AlignedRows;
import dev.reprise.cli.base.AlignedRows.Column;
import dev.reprise.console.Figures;
import dev.reprise.console.JsonText;
import dev.reprise.explain.StepParts;
import dev.reprise.explain.StepParts.ArgumentPart;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** All there is to know of an entry, on paper. */
final class EntryReport {
  private static final int MOST_PARTITIONS = 20;
  private static final int MOST_CODE = 20;

  private final CacheEntry entry;
  private final EntryRow row;
  private final Optional<KeyOrigin> key;
  private final EntryUse use;
  private final Optional<ImportNote> imported;
  private final ResultStore store;

  EntryReport(
      CacheEntry entry,
      Optional<KeyOrigin> key,
      EntryUse use,
      Optional<ImportNote> imported,
      ResultStore store) {
    this.entry = entry;
    this.use = use;
    this.imported = imported;
    this.row = EntryRow.of(entry);
    this.key = key;
    this.store = store;
  }

  /** The report as a JSON object. */
  String json() {
    JsonText json = JsonText.document();
    EntryRow.describe(json, row);
    json.text("user", use.user())
        .texts("labels", use.labels())
        .text("last_used", Instant.ofEpochMilli(use.lastMillis()).toString())
        .text("content", entry.manifest().content().toString())
        .objects(
            "parts",
            entry.manifest().partitions(),
            (each, partition) -> {
              each.text("content", partition.content().toString())
                  .text("codec", partition.codec())
                  .number("bytes", partition.size())
                  .text("blob", blob(partition))
                  .text("state", state(partition));
            });
    imported.ifPresent(
        note ->
            json.text("exported_by", by(note.source()))
                .text("exported_from", note.source().scope())
                .text("exported", Instant.ofEpochMilli(note.source().atMillis()).toString())
                .text("imported", Instant.ofEpochMilli(note.atMillis()).toString()));
    key.ifPresent(
        origin -> {
          json.text("task", origin.parts().task())
              .text("version", origin.parts().version())
              .text("code_identity", origin.parts().codeMode())
              .texts("code", code(origin.parts()))
              .texts("arguments", arguments(origin));
        });
    return json.end();
  }

  /** Prints the report for people. */
  void print(PrintStream to, Instant now) throws IOException {
    Origin origin = entry.origin();
    line(to, "key", row.key().toString());
    line(to, "step", row.unit());
    line(to, "pipeline", origin.pipeline());
    NamedKey named = origin.named();
    if (named != null) {
      line(to, "kept in", "cache %s, key %s".formatted(named.cache(), named.text()));
    }
    line(
        to,
        "made by",
        "run %s, attempt %s, executor %s on %s%s"
            .formatted(
                origin.run(),
                origin.attempt(),
                origin.executor(),
                origin.host(),
                use.user().isEmpty() ? "" : ", for " + use.user()));
    line(
        to,
        "created",
        "%s, %s ago"
            .formatted(
                Instant.ofEpochMilli(entry.createdMillis()), Figures.duration(row.ageNanos(now))));
    if (imported.isPresent()) {
      ExportSource source = imported.get().source();
      line(
          to,
          "imported",
          "%s, from %s; exported by %s at %s"
              .formatted(
                  Instant.ofEpochMilli(imported.get().atMillis()),
                  source.scope(),
                  by(source),
                  Instant.ofEpochMilli(source.atMillis())));
    }
    if (!use.labels().isEmpty()) {
      line(
          to,
          "labels",
          use.labels().entrySet().stream()
              .map(label -> label.getKey() + "=" + label.getValue())
              .collect(Collectors.joining(" ")));
    }
    line(to, "used", "last at " + Instant.ofEpochMilli(use.lastMillis()));
    line(to, "expires", expiry(now));
    line(to, "took", Figures.duration(origin.durationNanos()));
    line(to, "content", entry.manifest().content().toString());
    to.println();
    printPartitions(to);
    to.println();
    if (key.isPresent()) {
      printKey(to, key.get());
    } else {
      to.println("what the key was made of is not remembered any more");
    }
  }

  private static String by(ExportSource source) {
    return source.user() + " on " + source.host();
  }

  private String expiry(Instant now) {
    if (entry.expiresMillis() == CacheEntry.NEVER) {
      return "never";
    }
    Instant at = Instant.ofEpochMilli(entry.expiresMillis());
    return at + (at.isAfter(now) ? "" : ", has expired");
  }

  private void printPartitions(PrintStream to) throws IOException {
    AlignedRows rows =
        new AlignedRows(
            to,
            Column.right("PART"),
            Column.right("ROWS"),
            Column.right("SIZE"),
            Column.left("CODEC"),
            Column.left("WHERE"));
    List<PartitionRef> partitions = entry.manifest().partitions();
    for (int i = 0; i < Math.min(partitions.size(), MOST_PARTITIONS); i++) {
      PartitionRef partition = partitions.get(i);
      String blob = blob(partition);
      rows.row(
          Integer.toString(i),
          partition.rows() == PartitionRef.NOT_A_TABLE ? "" : Long.toString(partition.rows()),
          Figures.bytes(partition.size()),
          partition.codec(),
          blob.isEmpty()
              ? "in the index"
              : "blob " + blob.substring(0, 12) + ", " + state(partition));
    }
    rows.end();
    if (partitions.size() > MOST_PARTITIONS) {
      to.printf(
          "and %s more; --output json lists all%n",
          Figures.count(partitions.size() - MOST_PARTITIONS));
    }
  }

  private void printKey(PrintStream to, KeyOrigin origin) {
    StepParts parts = origin.parts();
    line(to, "task", parts.task());
    if (!parts.version().isEmpty()) {
      line(to, "version", parts.version());
    }
    arguments(origin).forEach((name, value) -> line(to, name, value));
    parts.engine().forEach((name, value) -> line(to, name, value));
    line(
        to,
        "code",
        "%s, %s"
            .formatted(
                parts.codeMode().toLowerCase(Locale.ROOT),
                Figures.count(parts.code().size(), "part")));
    code(parts).entrySet().stream()
        .limit(MOST_CODE)
        .forEach(
            part ->
                to.printf("          %s  %s%n", part.getValue().substring(0, 8), part.getKey()));
    if (parts.code().size() > MOST_CODE) {
      to.printf("          and %s more%n", Figures.count(parts.code().size() - MOST_CODE));
    }
  }

  private static void line(PrintStream to, String name, String value) {
    to.printf("%-8s  %s%n", Text.safe(name, 60), Text.safe(value, 300));
  }

  private static Map<String, String> code(StepParts parts) {
    Map<String, String> code = new LinkedHashMap<>();
    parts.code().forEach((name, digest) -> code.put(name, digest.toString()));
    return code;
  }

  private static Map<String, String> arguments(KeyOrigin origin) {
    Map<String, String> arguments = new LinkedHashMap<>();
    List<ArgumentPart> parts = origin.parts().arguments();
    for (int i = 0; i < Math.min(parts.size(), origin.arguments().size()); i++) {
      String preview = parts.get(i).preview();
      arguments.put(
          parts.get(i).shown(),
          preview.isEmpty() ? "content " + origin.arguments().get(i).brief() : preview);
    }
    return arguments;
  }

  private static String blob(PartitionRef partition) {
    return partition.location() instanceof Location.Stored stored
        ? stored.blob().address().toString()
        : "";
  }

  private String state(PartitionRef partition) {
    if (!(partition.location() instanceof Location.Stored stored)) {
      return "inline";
    }
    Presence presence = store.presence(stored.blob().address(), stored.blob().size());
    return presence.name().toLowerCase(Locale.ROOT);
  }
}
