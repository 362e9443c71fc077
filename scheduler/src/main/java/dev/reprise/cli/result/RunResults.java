package dev.reprise.cli.result;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.UsageException;
import dev.reprise.graph.Node.Kind;
import dev.reprise.journal.RecordedGraph.RecordedNode;
import dev.reprise.journal.RecordedGraph.RecordedResult;
import dev.reprise.journal.RecordedGraph.Take;
import dev.reprise.journal.RecordedRun;
import dev.reprise.journal.RecordedStep;
import dev.reprise.journal.RecordedUnit;
import dev.reprise.run.RunListener.RunHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What a run made, by the names that people give it: a result of the pipeline, a step, or one
 * partition of either as {@code NAME:LABEL} or {@code NAME:NUMBER}.
 */
final class RunResults {
  private final RecordedRun run;
  private final String shownId;
  private final ManifestLookup elsewhere;

  /** Where the manifests are that the journal does not hold. */
  interface ManifestLookup {
    /** The manifest of the unit's result; empty if it is not there any more. */
    Optional<Manifest> find(RecordedUnit unit) throws CommandException;
  }

  /**
   * @param shownId of the run, for messages
   */
  RunResults(RecordedRun run, String shownId, ManifestLookup elsewhere) {
    this.run = run;
    this.shownId = shownId;
    this.elsewhere = elsewhere;
  }

  /**
   * What was found.
   *
   * @param step whose result it is
   * @param partitions in order
   */
  record Found(RecordedStep step, List<PartitionRef> partitions) {}

  /**
   * Finds the partitions behind a name.
   *
   * @throws UsageException if the run has nothing of that name
   * @throws CommandException if it has, but no result of it
   */
  Found find(String wanted) throws CommandException {
    int colon = wanted.indexOf(':');
    String name = colon < 0 ? wanted : wanted.substring(0, colon);
    Optional<String> partition =
        colon < 0 ? Optional.empty() : Optional.of(wanted.substring(colon + 1));
    RecordedResult result = run.graph().resultsByName().get(name);
    if (result == null) {
      RecordedNode node = run.graph().find(name).orElseThrow(() -> unknown(name));
      return find(node, partition);
    }
    RecordedNode node = run.graph().nodes().get(result.node());
    if (result.take() == Take.PART && partition.isPresent()) {
      throw new UsageException(
          "'%s' is one value and has no partition %s".formatted(name, Text.quote(partition.get())));
    } else if (result.take() == Take.PART) {
      return find(node, Optional.of(Integer.toString(result.index())));
    }
    return find(node, partition);
  }

  private UsageException unknown(String name) {
    List<String> names = new ArrayList<>(run.graph().resultsByName().keySet());
    for (String step : run.graph().stepNames()) {
      if (!names.contains(step)) {
        names.add(step);
      }
    }
    return new UsageException(
        "run %s of pipeline '%s' has no result or step %s (it has %s)%s"
            .formatted(
                shownId,
                run.header().pipeline(),
                Text.quote(name),
                String.join(", ", names),
                Text.hint(name, names)));
  }

  private Found find(RecordedNode node, Optional<String> partition) throws CommandException {
    if (node.kind() == Kind.FILES) {
      throw new UsageException(
          "'%s' is a source: its files are read where they are, and a run keeps nothing of them"
              .formatted(node.name()));
    }
    boolean view = node.kind() == Kind.ELEMENTS || node.kind() == Kind.PARTS;
    RecordedNode producer = view ? run.graph().nodes().get(node.inputs().get(0)) : node;
    RecordedStep step =
        run.step(producer.id()).orElseThrow(() -> notThere(producer.name(), unrecorded("it")));
    List<PartitionRef> partitions = new ArrayList<>();
    if (producer.kind() == Kind.EACH) {
      int[] units =
          partition.isEmpty()
              ? IntStream.range(0, step.units()).toArray()
              : new int[] {unit(step, partition.get())};
      if (!step.ended() && partition.isEmpty()) {
        throw notThere(step.name(), unrecorded("the end of it"));
      }
      for (int unit : units) {
        partitions.addAll(manifest(step, unit).partitions());
      }
      return new Found(step, partitions);
    }
    Manifest manifest = manifest(step, producer.kind() == Kind.COMBINE ? step.units() - 1 : 0);
    partitions.addAll(manifest.partitions());
    if (partition.isEmpty()) {
      return new Found(step, partitions);
    }
    return new Found(step, List.of(partitions.get(part(node, partition.get(), partitions.size()))));
  }

  private static int unit(RecordedStep step, String wanted) {
    OptionalInt labelled = step.find(wanted);
    if (labelled.isPresent()) {
      return labelled.getAsInt();
    }
    List<String> labels =
        IntStream.range(0, Math.min(step.units(), 10_000)).mapToObj(step::label).toList();
    return number(wanted, step.units())
        .orElseThrow(() -> noPartition(step.name(), step.units(), wanted, labels));
  }

  private static int part(RecordedNode node, String wanted, int count) {
    int named = node.parts().indexOf(wanted);
    return named >= 0
        ? named
        : number(wanted, count)
            .orElseThrow(() -> noPartition(node.name(), count, wanted, node.parts()));
  }

  private static OptionalInt number(String text, int count) {
    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) >= count) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private static UsageException noPartition(
      String name, int count, String wanted, List<String> labels) {
    return new UsageException(
        "'%s' has no partition %s (it has %s, from 0)%s"
            .formatted(
                name,
                Text.quote(wanted),
                count,
                wanted.matches("\\d+") ? "" : Text.hint(wanted, labels)));
  }

  private Manifest manifest(RecordedStep step, int partition) throws CommandException {
    RecordedUnit unit =
        step.unit(partition).orElseThrow(() -> notThere(step.name(), unrecorded("the end of it")));
    String name = unit.label().isEmpty() ? step.name() : step.name() + ":" + unit.label();
    switch (unit.outcome()) {
      case FAILED -> throw notThere(name, "it failed" + because(unit.message()));
      case SKIPPED, CANCELLED ->
          throw notThere(
              name,
              "it was " + (unit.reason() == null ? "not executed" : "skipped: " + unit.reason()));
      case RAN, CACHED, SHARED, MEMO -> {}
    }
    Optional<Manifest> manifest =
        unit.manifest().isPresent() ? unit.manifest() : elsewhere.find(unit);
    return manifest.orElseThrow(() -> gone(name, unit));
  }

  private static String because(String message) {
    return message.isEmpty() ? "" : ": " + message.lines().findFirst().orElse("");
  }

  /** Why nothing is known of {@code what}. */
  private String unrecorded(String what) {
    return run.summary() == null
        ? "whose journal ends before %s: the run was killed, or its disk was full".formatted(what)
        : "which did not come to " + what;
  }

  private CommandException notThere(String step, String why) {
    return new CommandException(
        ExitCode.STEP_FAILED,
        "no result of '%s' in run %s, %s; 'reprise runs show %s' tells more"
            .formatted(step, shownId, why, shownId));
  }

  /** What makes the results of a run again, for a message. */
  static String again(RunHeader header) {
    String command = header.options().command();
    return command.isEmpty() ? "another run of '" + header.pipeline() + "'" : "'" + command + "'";
  }

  private CommandException gone(String name, RecordedUnit unit) {
    if (unit.key().isEmpty()) {
      return new CommandException(
          ExitCode.USAGE,
          "the result of '%s' in run %s was not kept, since it has no key%s"
              .formatted(name, shownId, unit.reason() == null ? "" : ": " + unit.reason()));
    }
    return new CommandException(
        ExitCode.INTEGRITY,
        "the result of '%s' in run %s is not kept any more (cache entry %s is gone or another); %s makes it again"
            .formatted(name, shownId, unit.key().get().brief(), again(run.header())));
  }
}
