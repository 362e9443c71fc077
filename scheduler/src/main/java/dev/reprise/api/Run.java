package dev.reprise.api;

import static dev.reprise.cache.base.Checks.checkArgument;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.TaskCode;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.ObservedSpec;
import dev.reprise.graph.ResourceSpec;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunLoop;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import dev.reprise.task.Receipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a pipeline. May be used from several threads; results can be had once it has
 * ended and while its driver is open.
 */
public final class Run {
  private final String id;
  private final Pipeline pipeline;
  private final Set<String> partitions;
  private final Course course;
  private final ResultStore store;
  private final SharedCodecs codecs = new SharedCodecs();
  private final CompletableFuture<RunSummary> end;

  /** What a run does, or did. */
  interface Course {
    /** Ends it soon, if it goes on. */
    void cancel();

    /** What was there at its end. */
    RunView view();

    /** What workers call for a step. */
    TaskCode code(int node);

    /** Whether it was begun by an earlier submission. */
    boolean isEarlier();
  }

  /** That of a run which a driver runs. */
  static Course of(RunLoop loop) {
    return new Course() {
      @Override
      public void cancel() {
        loop.cancel();
      }

      @Override
      public RunView view() {
        return loop.view();
      }

      @Override
      public TaskCode code(int node) {
        return loop.code(node);
      }

      @Override
      public boolean isEarlier() {
        return false;
      }
    };
  }

  /**
   * @param partitions that it was asked for, as {@link RunOptions#partitions} has them
   */
  Run(
      String id,
      Pipeline pipeline,
      Set<String> partitions,
      Course course,
      ResultStore store,
      CompletableFuture<RunSummary> end) {
    this.id = id;
    this.pipeline = pipeline;
    this.partitions = partitions;
    this.course = course;
    this.store = store;
    this.end = end;
  }

  /**
   * Checks that a submission with the same idempotency key means the same.
   *
   * @throws ResumeException if it is of another pipeline, or has other parameters or partitions
   */
  void checkSame(Pipeline other, Set<String> itsPartitions) {
    checkSame(id, pipeline.name(), pipeline.parameters(), partitions, other, itsPartitions);
  }

  static void checkSame(
      String id,
      String pipeline,
      Map<String, String> parameters,
      Set<String> partitions,
      Pipeline other,
      Set<String> itsPartitions) {
    if (!pipeline.equals(other.name())
        || !parameters.equals(other.parameters())
        || !partitions.equals(itsPartitions)) {
      throw new ResumeException(
          "the idempotency key is that of run %s, of pipeline '%s' with parameters %s%s; another run needs another key"
              .formatted(
                  id,
                  pipeline,
                  parameters,
                  partitions.equals(itsPartitions)
                      ? ""
                      : partitions.isEmpty()
                          ? " and all partitions"
                          : " and partitions " + String.join(", ", new TreeSet<>(partitions))));
    }
  }

  /** Id of the run. */
  public String id() {
    return id;
  }

  /** Whether the run goes on, or how it ended. */
  public RunState state() {
    if (end.isCompletedExceptionally()) {
      return RunState.FAILED;
    }
    RunSummary summary = end.getNow(null);
    return summary == null ? RunState.RUNNING : summary.state();
  }

  /**
   * Whether the run was there before this submission, with the same idempotency key; its listeners
   * are those of the submission that began it.
   */
  public boolean isEarlier() {
    return course.isEarlier();
  }

  /**
   * Ends the run soon; what was committed stays and is reused. Does nothing if it has ended.
   *
   * @throws IllegalStateException if it {@linkplain #isEarlier is} another process's, and goes on
   */
  public void cancel() {
    course.cancel();
  }

  /**
   * Waits for the end, whatever it is; a failed run is no exception here.
   *
   * @throws ResumeException if it {@linkplain #isEarlier is} an earlier submission's of which is
   *     known only now that it is of another pipeline or has other parameters or partitions
   * @throws InterruptedException if the waiting thread is interrupted; the run goes on
   */
  public RunSummary await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    }
  }

  /**
   * Waits for the end.
   *
   * @param most how long, in milliseconds
   * @return null if it has not ended by then
   */
  public @Nullable RunSummary await(long most) throws InterruptedException {
    try {
      return end.get(most, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    }
  }

  private RuntimeException broken(@Nullable Throwable cause) {
    return cause instanceof ResumeException other
        ? other
        : new IllegalStateException("run " + id + " ended in an internal error", cause);
  }

  /**
   * The value behind a handle. The caller closes what is closeable, such as a table.
   *
   * @throws IllegalArgumentException if the handle is of another definition than this run's
   * @throws IllegalStateException if the run has not ended, or the step has no result; the message
   *     says how it ended
   * @throws IOException if the bytes of the result are missing or damaged; run the pipeline again
   */
  @SuppressWarnings("NullAway") // a T may be null
  public <T extends @Nullable Object> T result(Value<T> value) throws IOException {
    pipeline.checkOwn(value.owner());
    // The handle's type is that of the function whose result this is.
    @SuppressWarnings("unchecked")
    T typed = (T) valueOf(value.edge(), true, value.table());
    return typed;
  }

  /**
   * The values behind a handle, in the order of the partitions; otherwise as {@link
   * #result(Value)}.
   */
  public <T extends @Nullable Object> List<T> results(Partitions<T> partitions) throws IOException {
    pipeline.checkOwn(partitions.owner());
    @SuppressWarnings("unchecked")
    List<T> typed =
        (List<T>)
            requireNonNull(
                valueOf(new Edge.All(partitions.node()), true, partitions.table()), "a list");
    return typed;
  }

  /**
   * The value of a named result of the pipeline; of partitions it is the list of their values.
   * Otherwise as {@link #result(Value)}.
   *
   * @throws IllegalArgumentException if the pipeline has no such result
   * @throws ClassCastException if it is of another type
   * @throws NullPointerException if it is null
   */
  public <T> T result(String name, Class<T> type) throws IOException {
    Edge edge = pipeline.graph().results().get(name);
    if (edge == null) {
      throw new IllegalArgumentException(
          "pipeline '%s' has no result %s%s"
              .formatted(
                  pipeline.name(),
                  Text.quote(name),
                  Text.hint(name, pipeline.graph().results().keySet())));
    }
    Object value = valueOf(edge, false, type);
    return type.cast(requireNonNull(value, "the result is null; take it by its handle"));
  }

  /** The graph's view at the end of the run: outcomes, reasons and keys by unit. */
  public RunView view() {
    checkEnded();
    return course.view();
  }

  private @Nullable Object valueOf(Edge edge, boolean declared, @Nullable Class<?> as)
      throws IOException {
    checkEnded();
    if (edge instanceof Edge.Constant constant) {
      checkArgument(
          !(constant.value() instanceof ResourceSpec),
          "%s is made for each unit that takes it, and is no result",
          constant.value());
      return constant.value() instanceof ObservedSpec source ? source.value() : constant.value();
    }
    RunView view = course.view();
    FromNode from = (FromNode) edge;
    int node = declared ? pipeline.nodeOf(from) : from.node();
    checkReadable(view.graph().node(node), as);
    int first = view.firstUnit(node);
    int count = view.unitCount(node);
    if (count < 0) {
      throw new IllegalStateException(
          "step '%s' has no result in run %s: its partitions follow from a result that there is not;"
                  .formatted(view.graph().node(node).name(), id)
              + " the run is "
              + state());
    }
    if (edge instanceof Edge.Whole) {
      return unit(view, first + count - 1);
    } else if (edge instanceof Edge.Part part) {
      return unit(view, first + part.index());
    } else if (edge instanceof Edge.Labelled) {
      Map<String, @Nullable Object> byLabel = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        byLabel.put(view.label(first + i), unit(view, first + i));
      }
      return byLabel;
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(unit(view, first + i));
    }
    return values;
  }

  /** Tables of an engine's class are read as Arrow tables here, which may not be what a T says. */
  private static void checkReadable(Node node, @Nullable Class<?> as) {
    if (as == null && node.givesTablesOfAnEngine()) {
      throw new IllegalArgumentException(
          "step '%s' gives a table of an engine's own class; take it with handle.as(ArrowTable.class)"
              .formatted(node.name()));
    }
  }

  private @Nullable Object unit(RunView view, int unit) throws IOException {
    Node node = view.graph().node(view.nodeOf(unit));
    if (node.kind() == Kind.FILES) {
      return requireNonNull(node.files()).paths().get(view.partitionOf(unit));
    }
    boolean viewed = node.kind() == Kind.ELEMENTS || node.kind() == Kind.PARTS;
    int producer = viewed ? view.firstUnit(((FromNode) node.inputs().get(0)).node()) : unit;
    Manifest manifest =
        view.manifest(producer)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "step '%s' has no result in run %s: it is %s"
                            .formatted(node.name(), id, view.outcome(unit))));
    if (manifest.shape() == Manifest.Shape.PIECES) {
      List<PartitionRef> pieces = manifest.partitions();
      return ArrowTable.read(pieces.stream().map(piece -> store.read(piece.location())).toList());
    }
    if (!viewed && manifest.shape() == Manifest.Shape.MANY) {
      List<@Nullable Object> values = new ArrayList<>();
      for (PartitionRef partition : manifest.partitions()) {
        values.add(decode(producer, partition));
      }
      return values;
    }
    return decode(producer, manifest.partitions().get(viewed ? view.partitionOf(unit) : 0));
  }

  private @Nullable Object decode(int producer, PartitionRef partition) throws IOException {
    RunView view = course.view();
    Class<?> function = view.graph().node(view.nodeOf(producer)).step().function().getClass();
    ClassLoader loader =
        requireNonNullElse(function.getClassLoader(), ClassLoader.getSystemClassLoader());
    try {
      RegisteredTypes types =
          RegisteredTypes.named(course.code(view.nodeOf(producer)).registered(), loader)
              .with(Receipt.class);
      return codecs.of(types).decode(partition.codec(), store.read(partition.location()));
    } catch (ClassNotFoundException e) {
      throw new IOException("a class of the result is not on the class path: " + e.getMessage(), e);
    }
  }

  private void checkEnded() {
    if (!end.isDone()) {
      throw new IllegalStateException("run " + id + " has not ended; call await() first");
    }
  }
}
