package dev.reprise.spark;

import dev.reprise.cache.base.Alarms;
import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.Answer;
import dev.reprise.executor.AttemptResult.Lost;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes Spark jobs of what is submitted, and answers of what becomes of their tasks. */
final class Dispatcher implements TaskWatch.Events {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /*
   * One thread owns all state and calls the listeners; everybody else posts events to it. An attempt is
   * in `open` until it is answered. Until then it is in `waiting`, or in the group that it went out with
   * last. A group is one task of the batch that it is in; a batch is in `batches` until Spark has told
   * its end. A group that is out has a place until then.
   *
   * Spark tells twice what becomes of a task: to the job (surely, results and the end alone) and to the
   * watch (soon, everything, but it may be left out). So answers come from the job, and the watch makes
   * them sooner or better: it says which units run, and that an executor is gone and why. Without it a
   * lost task still ends, because Spark's second try of it returns without running anything.
   */

  /** How long to wait for more units when some have come: a wave is submitted piece by piece. */
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long LONGEST_LINGER = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  /** How long a call of Spark's may take beyond what it should when all is closed. */
  private static final Duration STUCK = Duration.ofSeconds(5);

  /** No unit of a group begins later than this after the first: it comes back and goes out anew. */
  private static final Duration BUDGET = Duration.ofMillis(200);

  private final Setting setting;
  private final SparkSettings settings;
  private final SparkLink link;
  private final Alarms alarms;
  private final Ticker ticker;
  private final Places places;
  private final Grouping grouping = new Grouping();
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::work, "reprise-spark");

  private final OpenAttempts open;
  private final WaitingUnits waiting;
  private final Batches batches = new Batches();
  private int batchesMade;
  private long executorSeen;
  private boolean closing;
  private long closeBy;
  private volatile @Nullable String broken;

  Dispatcher(
      Setting setting,
      SparkSettings settings,
      SparkLink link,
      Places places,
      Alarms alarms,
      Ticker ticker) {
    this.setting = setting;
    this.settings = settings;
    this.link = link;
    this.places = places;
    this.alarms = alarms;
    this.ticker = ticker;
    open = new OpenAttempts(setting);
    waiting = new WaitingUnits(grouping, ticker);
    thread.setDaemon(true);
  }

  /** What the ids of this dispatcher's batches begin with. */
  String prefix() {
    return "reprise/" + setting.run() + "/";
  }

  /** Why no more units are taken; null if they are. */
  @Nullable String broken() {
    return broken;
  }

  void start() {
    executorSeen = ticker.nanos();
    thread.start();
    places.whenFree(() -> events.add(() -> {})); // it looks anew after each event
  }

  void submit(WorkChunk chunk, Claim claim, AttemptListener listener) {
    events.add(() -> accept(chunk, claim, listener));
  }

  void cancel(List<Long> attempts) {
    events.add(() -> onCancel(attempts.stream().map(open::find).filter(Objects::nonNull).toList()));
  }

  /**
   * Cancels everything and waits until it is answered, but not longer than {@code most} and what a
   * call of Spark's that is under way may take.
   */
  void close(long most) {
    events.add(
        () -> {
          closing = true;
          closeBy = ticker.nanos() + most;
          onCancel(open.units());
        });
    if (!Bounded.join(thread, Duration.ofNanos(most).plus(STUCK))) {
      LOG.warn("Spark does not return from a call; its thread is abandoned");
    }
  }

  // ---- the thread -------------------------------------------------------------------------------

  private void work() {
    try {
      while (!closing || (!open.isEmpty() && ticker.nanos() < closeBy)) {
        try {
          turn();
        } catch (InterruptedException e) {
          // Nobody ends this thread but close().
        } catch (Throwable e) {
          // Scala throws checked exceptions, too, and declares none. The next turn answers what is
          // open.
          LOG.error("jobs cannot be given to Spark", e);
          broken = link.refused(e);
        }
      }
    } finally {
      if (!closing) {
        broken = "the thread that gives jobs to Spark has died; look at the driver's log";
      }
      open.units().forEach(unit -> open.answer(unit.attempt(), OpenAttempts.CANCELLED));
    }
  }

  private void turn() throws InterruptedException {
    String why = broken;
    if (why != null && !open.isEmpty()) {
      breakDown(why);
    }
    Runnable event = events.poll(nap(), TimeUnit.NANOSECONDS);
    if (event != null) {
      event.run();
    }
    if (!waiting.isEmpty() && events.isEmpty() && lingered(event == null)) {
      dispatch();
    }
    checkSpark();
  }

  private long nap() {
    return waiting.isEmpty() || !hasRoom() ? LOOK : LINGER;
  }

  private boolean lingered(boolean idle) {
    return hasRoom() && (idle || waiting.nanos() > LONGEST_LINGER);
  }

  private boolean hasRoom() {
    return places.free() > 0;
  }

  private void accept(WorkChunk chunk, Claim claim, AttemptListener listener) {
    if (closing) {
      OpenAttempts.refuse(chunk, listener);
      return;
    }
    open.add(chunk, claim, listener).forEach(waiting::add);
    String why = broken;
    if (why != null) {
      breakDown(why);
    }
  }

  // ---- out --------------------------------------------------------------------------------------

  private void dispatch() {
    int room = places.take(waiting.size());
    List<Group> out = waiting.take(room, Math.min(link.slots(), places.all()));
    places.give(room - out.size()); // units that share a task have one place
    Map<Claim, List<Group>> jobs = new LinkedHashMap<>();
    out.forEach(group -> jobs.computeIfAbsent(group.claim(), any -> new ArrayList<>()).add(group));
    List<Batch> made = new ArrayList<>(jobs.size());
    for (List<Group> groups : jobs.values()) {
      Batch batch = new Batch(prefix() + ++batchesMade, groups);
      groups.forEach(group -> group.placed = true);
      batches.add(batch); // before any is run: if one cannot be, all end
      made.add(batch);
    }
    made.forEach(this::run);
  }

  private void run(Batch batch) {
    List<byte[]> inputs = batch.groups().stream().map(this::assignment).toList();
    try {
      link.run(
          batch,
          inputs,
          (index, bytes) -> events.add(() -> onResult(batch, index, bytes)),
          failure -> events.add(() -> onEnd(batch, failure)));
    } catch (IllegalStateException e) {
      breakDown("Spark was stopped: " + e.getMessage());
    }
  }

  private byte[] assignment(Group group) {
    List<byte[]> chunks = new ArrayList<>();
    try {
      for (WorkChunk chunk : group.chunks()) {
        chunks.add(Envelope.pack(chunk));
      }
      return new Assignment(
              link.store(),
              setting.store().freeSpaceFloor(),
              settings.grace().toNanos(),
              BUDGET.toNanos(),
              link.speculates(),
              chunks)
          .toBytes();
    } catch (EnvelopeException e) {
      throw new IllegalStateException("a chunk that could be packed no longer can", e);
    }
  }

  // ---- back -------------------------------------------------------------------------------------

  @Override
  public void taskStarted(String batch, int index, long task) {
    events.add(() -> onStarted(batch, index, task));
  }

  @Override
  public void progress(long task, long begun) {
    events.add(() -> onProgress(task, begun));
  }

  @Override
  public void closed(long task, long begun) {
    events.add(() -> onClosed(task, begun));
  }

  @Override
  public void executorLost(String batch, int index, String why) {
    events.add(() -> onExecutorLost(batch, index, why));
  }

  private void onStarted(String batch, int index, long task) {
    Group group = batches.find(batch, index);
    if (group == null) {
      return;
    }
    boolean first = group.task == Group.NO_TASK;
    group.task = task;
    if (!first) {
      return;
    }
    if (group.open().isEmpty()) {
      link.kill(task); // all were cancelled while they waited
      return;
    }
    open.started(group, 1);
  }

  private void onProgress(long task, long begun) {
    Group group = batches.find(task);
    if (group == null || begun == 0) {
      return;
    }
    open.started(group, begun);
    OpenUnit runs = group.units().get((int) begun - 1);
    boolean late = runs.asked && ticker.nanos() - runs.askedNanos > settings.grace().toNanos();
    if (runs.answered || late) {
      kill(group); // nobody wants what runs, and the others' answers come with its end
    }
  }

  /** A long unit runs: those behind it go out with other tasks. */
  private void onClosed(long task, long begun) {
    Group group = batches.find(task);
    if (group != null) {
      onProgress(task, begun);
      waitOn(group.open(begun), false);
    }
  }

  private void onExecutorLost(String batch, int index, String why) {
    Group group = batches.find(batch, index);
    if (group == null) {
      return;
    }
    group.lost = why;
    if (!link.speculates()) {
      lose(group, why);
    }
  }

  private void lose(Group group, String why) {
    for (OpenUnit unit : group.open()) {
      if (group.units().size() > 1) {
        grouping.keepApart(unit);
      }
      open.answer(
          unit.attempt(), unit.asked ? OpenAttempts.CANCELLED : new Lost(why, 0, Bytes.EMPTY));
    }
  }

  private void onResult(Batch batch, int index, byte[] bytes) {
    Group group = batch.groups().get(index);
    if (group.done) {
      return;
    }
    end(group);
    List<Answer> answers;
    try {
      UnitTask.Reply reply = UnitTask.Reply.of(bytes);
      if (!reply.refused().isEmpty()) {
        breakDown(reply.refused());
        return;
      }
      if (!reply.lost().isEmpty()) {
        lose(group, reply.lost());
        return;
      }
      answers = Envelope.unpackAnswers(reply.answers());
    } catch (BadRecordException | EnvelopeException e) {
      lose(group, String.valueOf(e.getMessage()));
      return;
    }
    for (Answer answer : answers) {
      OpenUnit unit = open.find(answer.attempt());
      if (unit != null && answer.result().durationNanos() > 0) {
        grouping.ran(unit.step(), answer.result().durationNanos());
      }
      open.answer(answer.attempt(), answer.result());
    }
    if (answers.isEmpty()) {
      lose(group, group.lost == null ? "Spark ended the task that ran it" : group.lost);
    }
    waitOn(group.open(), false);
  }

  /** Ends a task of which some units may be wanted. */
  private void kill(Group group) {
    if (group.lost == null && !group.isThrough()) {
      group.lost = "a unit that shares its Spark task was cancelled and did not end in time";
    }
    link.kill(group.task);
  }

  /** Its task came to an end. */
  private void end(Group group) {
    group.done = true;
    leavePlace(group);
  }

  private void leavePlace(Group group) {
    if (group.placed) {
      group.placed = false;
      places.give(1);
    }
  }

  /** Units that did not run go out again, but those that were asked to end. */
  private void waitOn(List<OpenUnit> units, boolean again) {
    for (OpenUnit unit : units) {
      if (unit.asked) {
        open.answer(unit.attempt(), OpenAttempts.CANCELLED);
      } else {
        unit.again = again;
        waiting.add(unit);
      }
    }
  }

  private void onEnd(Batch batch, @Nullable Throwable failure) {
    batches.remove(batch);
    for (Group group : batch.groups()) {
      if (group.done) {
        continue;
      }
      end(group);
      String why =
          failure == null ? "Spark gave no result" : "Spark's job failed: " + failure.getMessage();
      // Of a task that has started nobody knows how far it came; whether that may happen again is
      // the scheduler's business.
      boolean untouched =
          group.task == Group.NO_TASK && group.units().stream().noneMatch(Dispatcher::isFinal);
      if (untouched && !link.isStopped()) {
        waitOn(group.open(), true);
      } else {
        lose(group, why);
      }
    }
  }

  private static boolean isFinal(OpenUnit unit) {
    return unit.again || unit.chunk.code().effect();
  }

  // ---- the end of units -------------------------------------------------------------------------

  private void onCancel(List<OpenUnit> units) {
    Set<Group> groups = new LinkedHashSet<>();
    for (OpenUnit unit : units) {
      unit.asked = true;
      unit.askedNanos = ticker.nanos();
      if (unit.group != null) {
        groups.add(unit.group);
      }
      if (unit.isRunning()) {
        // It has its grace to end in, and until Spark tells next what its task runs.
        alarms.after(
            settings.grace().multipliedBy(2).plusSeconds(1), () -> events.add(() -> giveUp(unit)));
      } else {
        open.answer(unit.attempt(), OpenAttempts.CANCELLED);
      }
    }
    waiting.dropAnswered();
    for (Batch batch : batches.of(groups)) {
      if (batch.groups().stream().allMatch(Group::isThrough)) {
        link.cancel(batch);
      } else {
        batch.groups().stream()
            .filter(group -> groups.contains(group) && group.task != Group.NO_TASK)
            .filter(Group::isThrough)
            .forEach(group -> link.kill(group.task));
      }
    }
  }

  private void giveUp(OpenUnit unit) {
    if (!unit.answered) {
      LOG.warn("attempt {} was cancelled, and Spark does not tell its end", unit.attempt());
      open.answer(unit.attempt(), OpenAttempts.CANCELLED);
    }
  }

  // ---- the end of Spark -------------------------------------------------------------------------

  private void checkSpark() {
    if (open.isEmpty() || broken != null || closing) {
      executorSeen = ticker.nanos();
      return;
    }
    if (link.isStopped()) {
      breakDown("Spark was stopped while units ran");
    } else if (link.hasExecutors()) {
      executorSeen = ticker.nanos();
    } else if (ticker.nanos() - executorSeen > settings.startTimeout().toNanos()) {
      breakDown(link.withoutExecutors(settings.startTimeout()));
    }
  }

  /** Nothing that is out comes back any more. */
  private void breakDown(String why) {
    broken = why;
    waiting.clear();
    for (Batch batch : batches.all()) {
      link.cancel(batch);
      batch.groups().forEach(this::leavePlace);
    }
    for (OpenUnit unit : open.units()) {
      open.answer(unit.attempt(), new Lost(why, 0, Bytes.EMPTY));
    }
  }
}
