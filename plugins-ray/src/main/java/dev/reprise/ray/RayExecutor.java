package dev.reprise.ray;

import static dev.reprise.cache.base.Checks.checkState;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.AttemptResult.Cancelled;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.ray.bootstrap.Frame;
import dev.reprise.ray.bootstrap.Reply;
import dev.reprise.ray.code.CodeShelf;
import dev.reprise.ray.connect.RayCalls;
import dev.reprise.ray.connect.RayConnection;
import dev.reprise.ray.connect.RayPlace;
import dev.reprise.ray.worker.ChunkFrame;
import dev.reprise.ray.worker.ChunkReply;
import dev.reprise.ray.worker.TaskFiles;
import dev.reprise.ray.worker.TaskFiles.Progress;
import dev.reprise.task.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs units in tasks of a Ray cluster.
 *
 * @see <a
 *     href="../../../../../../docs/adr/0001-bytes-files-and-one-class-loader-per-digest.md">ADR-0001,
 *     bytes, files and one class loader per digest</a>
 */
final class RayExecutor implements TaskExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(RayExecutor.class);

  /** How long a worker may take to answer after the grace before it is given up. */
  private static final long SLACK_NANOS = 3_000_000_000L;

  /** How often one looks what tasks do that take their time. */
  private static final long PROGRESS_NANOS = 50_000_000L;

  private static final long NODES_NANOS = 5_000_000_000L;
  private static final int MOST_WAIT_MILLIS = 20;
  private static final int GET_MILLIS = 30_000;

  /** What Ray takes for a task until it is measured. */
  private static final long FIRST_DISPATCH_NANOS = 2_000_000;

  /** How often units go out again whose task died before it began any of them. */
  private static final int MOST_UNBEGUN = 5;

  /*
   * The lock guards the queues and the flights. Units are taken from a queue into a flight by the
   * dispatcher alone, and it alone answers units of a flight whose task a worker has begun; so that of
   * the two words on an attempt, started and finished, the second comes second. cancel() answers what
   * waits, and what is in a task that no worker has begun once it has taken that task back.
   *
   * Neither the listener nor Ray is called with the lock held.
   */
  private final Object lock = new Object();

  private final Setting setting;
  private final RaySettings settings;
  private final CodeShelf shelf;
  private final ClassLoader userCode;
  private final Ticker ticker;

  private final Map<StepQueue.Key, StepQueue> steps = new LinkedHashMap<>();
  private final Map<String, Flight> flights = new LinkedHashMap<>();
  private @Nullable Connected connected;
  private List<RayCalls.Node> nodes = List.of();
  private @Nullable String broken;
  private long dispatchNanos = FIRST_DISPATCH_NANOS;
  private long tasks;
  private int unbegun;
  private boolean answered;
  private boolean closed;

  RayExecutor(
      Setting setting, RaySettings settings, CodeShelf shelf, ClassLoader userCode, Ticker ticker) {
    this.setting = setting;
    this.settings = settings;
    this.shelf = shelf;
    this.userCode = userCode;
    this.ticker = ticker;
  }

  /** What there is once a cluster was needed. */
  private record Connected(
      RayCalls calls, String code, Path channel, TaskFiles files, Thread dispatcher) {}

  @Override
  public String name() {
    return RayExecutorFactory.NAME;
  }

  @Override
  public int window() {
    synchronized (lock) {
      int slots = connected == null ? 4 : slots(Resources.ONE_CPU);
      int largest =
          steps.values().stream()
              .mapToInt(step -> step.pace().units(dispatchNanos))
              .max()
              .orElse(1);
      return Math.max(2, Math.min(1 << 16, 4 * slots * largest));
    }
  }

  // ---- submit -----------------------------------------------------------------------------------

  @Override
  public void submit(WorkChunk chunk, AttemptListener listener)
      throws ExecutorUnavailableException {
    try {
      Envelope.pack(chunk);
    } catch (EnvelopeException e) {
      throw new ExecutorUnavailableException(String.valueOf(e.getMessage()), e);
    }
    connect();
    synchronized (lock) {
      checkState(!closed, "step '%s' was submitted to a closed executor", chunk.step());
      if (broken != null) {
        throw new ExecutorUnavailableException(broken, null);
      }
      checkResources(chunk);
      steps
          .computeIfAbsent(StepQueue.Key.of(chunk, listener), any -> new StepQueue(chunk, listener))
          .add(chunk.units());
      lock.notifyAll();
    }
  }

  /** By the scheduler's one thread. */
  private void connect() throws ExecutorUnavailableException {
    synchronized (lock) {
      if (connected != null) {
        return;
      }
    }
    RayPlace place = RayPlace.find(settings.address(), settings.jar(), System.getenv());
    try {
      String code = shelf.lay(userCode);
      Path bootstrap = shelf.bootstrap();
      Path runs = setting.storeFolder().toAbsolutePath().resolve("tmp").resolve(setting.run());
      Path channel = Files.createTempDirectory(Files.createDirectories(runs), "ray-");
      RayCalls calls = RayConnection.to(place, bootstrap).calls();
      Thread dispatcher = new Thread(this::dispatch, "reprise-ray-" + setting.run());
      dispatcher.setDaemon(true);
      List<RayCalls.Node> found = calls.nodes();
      synchronized (lock) {
        nodes = found;
        connected = new Connected(calls, code, channel, new TaskFiles(channel), dispatcher);
      }
      dispatcher.start();
    } catch (IOException e) {
      throw new ExecutorUnavailableException(
          "code for Ray's workers cannot be laid out in %s: %s; name a folder that all nodes reach with -Dreprise.ray.code"
              .formatted(shelf.folder(), e),
          e);
    }
  }

  private void checkResources(WorkChunk chunk) throws ExecutorUnavailableException {
    Map<String, Double> wanted = wanted(chunk.resources());
    if (nodes.stream().noneMatch(node -> times(node, wanted) > 0)) {
      throw new ExecutorUnavailableException(
          "step '%s' asks for %s, and no node of the Ray cluster has that: %s"
              .formatted(
                  chunk.step(),
                  wanted,
                  nodes.stream()
                      .map(node -> node.host() + " has " + shown(node.resources()))
                      .collect(Collectors.joining("; "))),
          null);
    }
  }

  private static Map<String, Double> shown(Map<String, Double> resources) {
    Map<String, Double> shown = new TreeMap<>(resources);
    shown.keySet().removeIf(name -> name.startsWith("node:"));
    return shown;
  }

  private static Map<String, Double> wanted(Resources resources) {
    Map<String, Double> wanted = new LinkedHashMap<>();
    wanted.put("CPU", resources.cpus());
    if (resources.memoryBytes() > 0) {
      wanted.put("memory", (double) resources.memoryBytes());
    }
    wanted.putAll(resources.custom());
    return wanted;
  }

  /** How many units with these wants the node can run at one time. */
  private static int times(RayCalls.Node node, Map<String, Double> wanted) {
    double least = Integer.MAX_VALUE;
    for (Map.Entry<String, Double> each : wanted.entrySet()) {
      if (each.getValue() > 0) {
        least =
            Math.min(
                least, node.resources().getOrDefault(each.getKey(), 0.0) / each.getValue() + 1e-9);
      }
    }
    return (int) least;
  }

  /** How many units that want this the cluster can run at one time; at least one. */
  private int slots(Resources resources) {
    Map<String, Double> wanted = wanted(resources);
    long all = nodes.stream().mapToLong(node -> times(node, wanted)).sum();
    int most = setting.maxParallel() > 0 ? setting.maxParallel() : 1 << 14;
    return (int) Math.max(1, Math.min(most, all));
  }

  // ---- the dispatcher ---------------------------------------------------------------------------

  private void dispatch() {
    Connected with;
    synchronized (lock) {
      with = requireNonNull(connected);
    }
    long progressAt = ticker.nanos();
    long nodesAt = ticker.nanos() + NODES_NANOS;
    int wait = 1;
    while (awaitWork()) {
      try {
        boolean sent = send(with);
        wait = sent ? 1 : Math.min(MOST_WAIT_MILLIS, 2 * wait);
        if (receive(with, wait)) {
          wait = 1;
        }
        long now = ticker.nanos();
        if (now - progressAt >= 0) {
          progress(with);
          giveUp(now);
          progressAt = now + PROGRESS_NANOS;
        }
        if (now - nodesAt >= 0) {
          List<RayCalls.Node> found = with.calls().nodes();
          synchronized (lock) {
            nodes = found;
          }
          nodesAt = now + NODES_NANOS;
        }
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  /** False when there will be none. */
  private boolean awaitWork() {
    synchronized (lock) {
      while (flights.isEmpty() && steps.values().stream().allMatch(StepQueue::isEmpty)) {
        if (closed) {
          return false;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          return false;
        }
      }
      return true;
    }
  }

  /** Ray itself does not answer: nothing that is on its way will come back. */
  private void fail(Throwable because) {
    LOG.warn("Ray fails", because);
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      broken = "the connection to Ray failed: " + because;
      for (Flight flight : flights.values()) {
        answerAll(flight, new Lost(broken, 0, Bytes.EMPTY), words);
      }
      flights.clear();
      for (StepQueue step : steps.values()) {
        for (long attempt : step.remove(new HashSet<>(step.attempts()))) {
          Lost lost = new Lost(broken, 0, Bytes.EMPTY);
          words.add(() -> step.listener().finished(attempt, lost));
        }
      }
    }
    words.forEach(Runnable::run);
  }

  /** Puts units into tasks as long as there is room; whether there were any. */
  private boolean send(Connected with) {
    boolean any = false;
    for (Flight flight = next(); flight != null; flight = next()) {
      any = true;
      Object ref;
      try {
        ChunkFrame frame =
            new ChunkFrame(
                flight.task,
                setting.storeFolder().toAbsolutePath().toString(),
                with.channel().toString(),
                settings.grace().toMillis(),
                Envelope.pack(flight.chunk));
        byte[] bytes = new Frame(shelf.folder().toString(), with.code(), frame.encode()).encode();
        ref = with.calls().submit(title(flight), wanted(flight.step.resources()), bytes);
      } catch (EnvelopeException e) {
        throw new IllegalStateException(e); // it was packed before
      }
      synchronized (lock) {
        flight.ref = ref;
      }
    }
    return any;
  }

  /** For people who look at Ray's dashboard. */
  private static String title(Flight flight) {
    String first = flight.chunk.units().get(0).label();
    int more = flight.chunk.units().size() - 1;
    return flight.step.step()
        + (first.isEmpty() ? "" : ":" + first)
        + (more == 0 ? "" : " and " + more + " more");
  }

  private @Nullable Flight next() {
    synchronized (lock) {
      if (closed) {
        return null;
      }
      for (StepQueue step : steps.values()) {
        if (step.isEmpty()) {
          continue;
        }
        int slots = slots(step.resources());
        long busy = flights.values().stream().filter(flight -> !flight.open.isEmpty()).count();
        // While workers run a task each, another one waits at their door.
        long most = setting.maxParallel() > 0 ? slots : 2L * slots;
        if (busy < most) {
          int fair = Math.max(1, step.size() / (2 * slots));
          int units = Math.min(step.pace().units(dispatchNanos), fair);
          step.pace().sent(Math.min(units, step.size()));
          Flight flight =
              new Flight(
                  Long.toString(++tasks), step, step.take(units), ticker.nanos(), busy < slots);
          flights.put(flight.task, flight);
          return flight;
        }
      }
      return null;
    }
  }

  /** Takes what has come; waits a little if nothing has. Whether something came. */
  private boolean receive(Connected with, int millis) {
    IdentityHashMap<Object, Flight> byRef = new IdentityHashMap<>();
    List<Object> refs = new ArrayList<>();
    synchronized (lock) {
      for (Flight flight : flights.values()) {
        Object ref = flight.ref;
        if (ref != null) {
          byRef.put(ref, flight);
          refs.add(ref);
        }
      }
    }
    if (refs.isEmpty()) {
      return false;
    }
    List<Object> ready = with.calls().ready(refs, 1, millis);
    if (!ready.isEmpty() && refs.size() > 1) {
      ready = with.calls().ready(refs, refs.size(), 0);
    }
    for (Object ref : ready) {
      receive(with, requireNonNull(byRef.get(ref)), ref);
    }
    return !ready.isEmpty();
  }

  private void receive(Connected with, Flight flight, Object ref) {
    Reply reply;
    try {
      reply = Reply.decode(with.calls().get(ref, GET_MILLIS));
    } catch (RuntimeException e) {
      workerDied(with, flight, e);
      return;
    }
    String failure = reply.failure();
    if (failure != null) {
      workerFailed(with, flight, failure);
      return;
    }
    try {
      answered(with, flight, ChunkReply.decode(reply.body()));
    } catch (IOException | BadRecordException e) {
      workerFailed(with, flight, "what a worker answered cannot be read: " + e.getMessage());
    }
  }

  private void answered(Connected with, Flight flight, ChunkReply reply) {
    long took = ticker.nanos() - flight.sent;
    List<Runnable> words = new ArrayList<>();
    List<AttemptResult> late = new ArrayList<>();
    synchronized (lock) {
      flights.remove(flight.task);
      answered = true;
      unbegun = 0;
      if (!reply.answers().isEmpty()) {
        flight.step.pace().ran(reply.answers().size(), reply.busyNanos());
      }
      if (flight.alone) {
        long overhead = Math.min(50_000_000, Math.max(200_000, took - reply.busyNanos()));
        dispatchNanos += (overhead - dispatchNanos) / 8;
      }
      for (Answer answer : reply.answers()) {
        if (!answer(flight, answer.attempt(), answer.result(), words)) {
          late.add(answer.result());
        }
      }
      List<UnitWork> again = new ArrayList<>();
      for (long attempt : reply.notStarted()) {
        UnitWork unit = flight.open.get(attempt);
        if (unit != null && !flight.cancelled.contains(attempt)) {
          again.add(unit);
          flight.open.remove(attempt);
        } else {
          answer(flight, attempt, new Cancelled(0, Bytes.EMPTY), words);
        }
      }
      flight.step.putBack(again);
      answerAll(flight, new Lost("its worker did not answer for it", 0, Bytes.EMPTY), words);
    }
    if (reply.abandoned()) {
      LOG.warn(
          "a cancelled unit of step '{}' does not end; its worker is abandoned and ends when it has"
              + " nothing else to do",
          flight.step.step());
    }
    words.forEach(Runnable::run);
    late.forEach(this::discard);
    with.files().remove(flight.task);
  }

  /** Answers an attempt of a flight; false if it was answered before. With the lock held. */
  private static boolean answer(
      Flight flight, long attempt, AttemptResult result, List<Runnable> words) {
    if (flight.open.remove(attempt) == null) {
      return false;
    }
    AttemptListener listener = flight.step.listener();
    boolean ran = !(result instanceof Cancelled && result.durationNanos() == 0);
    if (ran && flight.started.add(attempt)) {
      words.add(() -> listener.started(attempt));
    }
    words.add(() -> listener.finished(attempt, result));
    return true;
  }

  private static void answerAll(Flight flight, AttemptResult result, List<Runnable> words) {
    for (long attempt : List.copyOf(flight.open.keySet())) {
      flight.open.remove(attempt);
      words.add(() -> flight.step.listener().finished(attempt, result));
    }
  }

  /** Drops what an answer that nobody waits for has in the store. */
  private void discard(AttemptResult result) {
    if (result instanceof Success success) {
      for (PartitionRef partition : success.manifest().partitions()) {
        if (partition.location() instanceof Location.Pending pending) {
          setting.store().discard(pending);
        }
      }
    }
  }

  /** A worker is there and could not even begin. */
  private void workerFailed(Connected with, Flight flight, String why) {
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      flights.remove(flight.task);
      if (!answered) {
        broken = why; // no worker has ever done better
      }
      answerAll(flight, new Lost(why, 0, Bytes.EMPTY), words);
    }
    words.forEach(Runnable::run);
    with.files().remove(flight.task);
  }

  /** Whatever Ray throws is none of the user's errors: those come as answers. */
  private void workerDied(Connected with, Flight flight, Throwable thrown) {
    Optional<Progress> progress = with.files().progress(flight.task);
    String exit = with.files().exit(flight.task);
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      flights.remove(flight.task);
      if (progress.isEmpty() && ++unbegun <= MOST_UNBEGUN) {
        // No unit of it has begun, so going out once more is not a second attempt.
        flight.step.putBack(List.copyOf(flight.open.values()));
        flight.open.clear();
      } else {
        long last = progress.map(Progress::attempt).orElse(0L);
        String worker = progress.map(Progress::worker).orElse("a worker");
        flight.step.pace().died(flight.chunk.units().size());
        lose(flight, last, why(worker, exit, thrown), words);
      }
      answerCancelled(flight, words);
    }
    words.forEach(Runnable::run);
    with.files().remove(flight.task);
  }

  private static String why(String worker, @Nullable String exit, Throwable thrown) {
    return exit != null
        ? "%s ended: %s; user code must return or throw".formatted(worker, exit)
        : "%s died: killed, out of memory, or a crash in native code (Ray says: %s)"
            .formatted(worker, Objects.requireNonNullElse(thrown.getMessage(), thrown).toString());
  }

  /** Answers the units up to the one that ran last; those behind it go out again. */
  private static void lose(Flight flight, long last, String why, List<Runnable> words) {
    List<UnitWork> again = new ArrayList<>();
    boolean behind = last == 0;
    for (UnitWork unit : List.copyOf(flight.open.values())) {
      if (behind && last != 0) {
        again.add(unit);
        flight.open.remove(unit.attempt());
      } else {
        boolean culprit = unit.attempt() == last || last == 0;
        String text = culprit ? why : why + "; it had not answered for this unit yet";
        answer(flight, unit.attempt(), new Lost(text, 0, Bytes.EMPTY), words);
      }
      behind |= unit.attempt() == last;
    }
    flight.step.putBack(again);
  }

  /** What went back to the queue and was cancelled meanwhile does not wait there. */
  private static void answerCancelled(Flight flight, List<Runnable> words) {
    for (long attempt : flight.step.remove(flight.cancelled)) {
      words.add(() -> flight.step.listener().finished(attempt, new Cancelled(0, Bytes.EMPTY)));
    }
  }

  /** Tells which units have begun. */
  private void progress(Connected with) {
    List<Flight> slow;
    synchronized (lock) {
      slow = flights.values().stream().filter(flight -> !flight.open.isEmpty()).toList();
    }
    for (Flight flight : slow) {
      long at = with.files().progress(flight.task).map(Progress::attempt).orElse(0L);
      boolean news;
      synchronized (lock) {
        news = at != 0 && flight.open.containsKey(at) && flight.started.add(at);
      }
      if (news) {
        flight.step.listener().started(at);
      }
    }
  }

  // ---- cancel -----------------------------------------------------------------------------------

  @Override
  public void cancel(long[] attempts) {
    cancel(Arrays.stream(attempts).boxed().collect(Collectors.toSet()));
  }

  private void cancel(Set<Long> attempts) {
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      Connected with = connected;
      if (with == null) {
        return;
      }
      for (StepQueue step : steps.values()) {
        for (long attempt : step.remove(attempts)) {
          words.add(() -> step.listener().finished(attempt, new Cancelled(0, Bytes.EMPTY)));
        }
      }
      for (Flight flight : List.copyOf(flights.values())) {
        boolean any = false;
        for (long attempt : flight.open.keySet()) {
          any |= attempts.contains(attempt) && flight.cancelled.add(attempt);
        }
        if (any) {
          cancel(with, flight, words);
        }
      }
    }
    words.forEach(Runnable::run);
  }

  private void cancel(Connected with, Flight flight, List<Runnable> words) {
    boolean all = flight.cancelled.containsAll(flight.open.keySet());
    if (all && flight.started.isEmpty() && with.files().takeBack(flight.task)) {
      // Its file stays until the end: the task may come to a worker at any time, and must find it.
      flights.remove(flight.task);
      answerAll(flight, new Cancelled(0, Bytes.EMPTY), words);
      return;
    }
    flight.giveUpAt = ticker.nanos() + settings.grace().toNanos() + SLACK_NANOS;
    try {
      with.files().cancel(flight.task, flight.cancelled);
    } catch (IOException e) {
      LOG.warn("step '{}': a worker cannot be told to cancel", flight.step.step(), e);
    }
  }

  /** Answers for workers that do not, though they were asked to end. */
  private void giveUp(long now) {
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      for (Flight flight : flights.values()) {
        if (flight.giveUpAt != 0 && now - flight.giveUpAt >= 0 && !flight.open.isEmpty()) {
          LOG.warn(
              "step '{}': a worker that was told to cancel does not answer", flight.step.step());
          for (long attempt : List.copyOf(flight.open.keySet())) {
            AttemptResult result =
                flight.cancelled.contains(attempt)
                    ? new Cancelled(1, Bytes.EMPTY)
                    : new Lost("its worker answers no more", 0, Bytes.EMPTY);
            answer(flight, attempt, result, words);
          }
        }
      }
    }
    words.forEach(Runnable::run);
  }

  /** Takes at most the grace and some seconds. */
  @Override
  public void close() {
    Connected with;
    Set<Long> all = new HashSet<>();
    synchronized (lock) {
      with = connected;
      if (closed || with == null) {
        closed = true;
        return;
      }
      steps.values().forEach(step -> all.addAll(step.attempts()));
      flights.values().forEach(flight -> all.addAll(flight.open.keySet()));
    }
    cancel(all);
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    awaitEnd(with);
    List<Runnable> words = new ArrayList<>();
    synchronized (lock) {
      flights.values().forEach(flight -> answerAll(flight, new Cancelled(0, Bytes.EMPTY), words));
      flights.clear();
    }
    words.forEach(Runnable::run);
    removeChannel(with.channel());
  }

  private void awaitEnd(Connected with) {
    try {
      with.dispatcher().join((settings.grace().toNanos() + 2 * SLACK_NANOS) / 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeChannel(Path channel) {
    try (Stream<Path> all = Files.list(channel)) {
      for (Path file : all.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(channel);
    } catch (IOException e) {
      LOG.debug("{} stays until the run's temporary files go", channel, e);
    }
  }
}
