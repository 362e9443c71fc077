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
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.spark.OpenAttempts.Open;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
   * in `open` until it is answered. A group is in `waiting`, or in the one batch that it went out with;
   * a batch is in `batches` until Spark has told its end. A group that is out has a place until then.
   *
   * Spark tells twice what becomes of a task: to the job (surely, results and the end alone) and to the
   * watch (soon, everything, but it may be left out). So answers come from the job, and the watch makes
   * them sooner or better: it says which units run, and that an executor is gone and why. Without it a
   * lost task still ends, because Spark's second try of it returns without running anything.
   */

  /** How long to wait for more units when some have come: a wave is submitted piece by piece. */
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long LONGEST_LINGER = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  /** How long a call of Spark's may take beyond what it should when all is closed. */
  private static final Duration STUCK = Duration.ofSeconds(5);

  /** No unit of a group begins later than this after the first. */
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
  private final WaitingGroups waiting;
  private final Map<String, Batch> batches = new HashMap<>();
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
    waiting = new WaitingGroups(open, grouping, ticker);
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
    events.add(() -> onCancel(attempts));
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
          onCancel(open.attempts());
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
      open.attempts().forEach(attempt -> open.answer(attempt, OpenAttempts.CANCELLED));
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
    Group group = new Group(chunk, claim, listener, false);
    open.add(group);
    waiting.add(group);
    String why = broken;
    if (why != null) {
      breakDown(why);
    }
  }

  // ---- out --------------------------------------------------------------------------------------

  private void dispatch() {
    int room = places.take(waiting.units());
    List<Group> out = waiting.take(room, Math.min(link.slots(), places.all()));
    places.give(room - out.size()); // units that share a task have one place
    Map<Claim, List<Group>> jobs = new LinkedHashMap<>();
    out.forEach(group -> jobs.computeIfAbsent(group.claim, any -> new ArrayList<>()).add(group));
    List<Batch> made = new ArrayList<>(jobs.size());
    for (List<Group> groups : jobs.values()) {
      Batch batch = new Batch(prefix() + ++batchesMade, groups);
      groups.forEach(group -> group.placed = true);
      batches.put(batch.id(), batch); // before any is run: if one cannot be, all end
      made.add(batch);
    }
    made.forEach(this::run);
  }

  private void run(Batch batch) {
    List<byte[]> inputs = new ArrayList<>(batch.groups().size());
    for (Group group : batch.groups()) {
      inputs.add(assignment(group));
    }
    try {
      link.run(
          batch,
          batch.groups().get(0).claim,
          inputs,
          (index, bytes) -> events.add(() -> onResult(batch, index, bytes)),
          failure -> events.add(() -> onEnd(batch, failure)));
    } catch (IllegalStateException e) {
      breakDown("Spark was stopped: " + e.getMessage());
    }
  }

  private byte[] assignment(Group group) {
    try {
      return new Assignment(
              link.store(),
              setting.store().freeSpaceFloor(),
              settings.grace().toNanos(),
              BUDGET.toNanos(),
              link.speculates(),
              Envelope.pack(group.chunk))
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
  public void executorLost(String batch, int index, String why) {
    events.add(() -> onExecutorLost(batch, index, why));
  }

  private @Nullable Group group(String batch, int index) {
    Batch found = batches.get(batch);
    return found == null || found.groups().get(index).done ? null : found.groups().get(index);
  }

  private void onStarted(String batch, int index, long task) {
    Group group = group(batch, index);
    if (group == null) {
      return;
    }
    boolean first = group.task == Group.NO_TASK;
    group.task = task;
    if (!first) {
      return;
    }
    if (open.of(group).isEmpty()) {
      link.kill(task); // all were cancelled while they waited
      return;
    }
    open.started(group, 1);
  }

  private void onProgress(long task, long begun) {
    for (Batch batch : batches.values()) {
      for (Group group : batch.groups()) {
        if (group.task == task && !group.done) {
          open.started(group, begun);
        }
      }
    }
  }

  private void onExecutorLost(String batch, int index, String why) {
    Group group = group(batch, index);
    if (group == null) {
      return;
    }
    group.lost = why;
    if (!link.speculates()) {
      lose(group, why);
    }
  }

  private void lose(Group group, String why) {
    if (group.units().size() > 1) {
      grouping.keepApart(group.chunk.step());
    }
    for (UnitWork unit : open.of(group)) {
      boolean asked = open.get(unit).asked;
      open.answer(unit.attempt(), asked ? OpenAttempts.CANCELLED : new Lost(why, 0, Bytes.EMPTY));
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
      if (answer.result().durationNanos() > 0) {
        grouping.ran(group.chunk.step(), answer.result().durationNanos());
      }
      open.answer(answer.attempt(), answer.result());
    }
    if (answers.isEmpty()) {
      lose(group, group.lost == null ? "Spark ended the task that ran it" : group.lost);
    }
    waitOn(group, false);
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

  /** Units of a group that are not answered go out again, but those that were asked to end. */
  private void waitOn(Group group, boolean again) {
    List<UnitWork> wanted = new ArrayList<>();
    for (UnitWork unit : open.of(group)) {
      if (open.get(unit).asked) {
        open.answer(unit.attempt(), OpenAttempts.CANCELLED);
      } else {
        wanted.add(unit);
      }
    }
    if (!wanted.isEmpty()) {
      waiting.add(open.part(group, wanted, again));
    }
  }

  private void onEnd(Batch batch, @Nullable Throwable failure) {
    batches.remove(batch.id());
    for (Group group : batch.groups()) {
      if (group.done) {
        continue;
      }
      end(group);
      String why =
          failure == null ? "Spark gave no result" : "Spark's job failed: " + failure.getMessage();
      // Of a task that has started nobody knows how far it came; whether that may happen again is
      // the scheduler's business.
      boolean untouched = group.task == Group.NO_TASK && !group.chunk.code().effect();
      if (untouched && !group.again && !link.isStopped()) {
        waitOn(group, true);
      } else {
        lose(group, why);
      }
    }
  }

  // ---- the end of units -------------------------------------------------------------------------

  private void onCancel(List<Long> attempts) {
    Set<Group> groups = new LinkedHashSet<>();
    for (long attempt : attempts) {
      Open unit = open.find(attempt);
      if (unit == null) {
        continue;
      }
      unit.asked = true;
      groups.add(unit.group);
      if (unit.group.task == Group.NO_TASK) {
        open.answer(attempt, OpenAttempts.CANCELLED);
      } else {
        giveUpLater(attempt);
      }
    }
    waiting.dropAnswered();
    for (Batch batch : batches.values()) {
      if (batch.groups().stream().noneMatch(groups::contains)) {
        continue;
      }
      if (batch.groups().stream().allMatch(open::isThrough)) {
        link.cancel(batch);
      } else {
        batch.groups().stream()
            .filter(group -> groups.contains(group) && group.task != Group.NO_TASK)
            .filter(open::isThrough)
            .forEach(group -> link.kill(group.task));
      }
    }
  }

  /**
   * A unit that shares its task with others that nobody cancelled has its grace to end in, then the
   * task is ended all the same. What is not ended by then is answered.
   */
  private void giveUpLater(long attempt) {
    alarms.after(
        settings.grace(),
        () ->
            events.add(
                () -> {
                  Open unit = open.find(attempt);
                  if (unit != null && unit.group.task != Group.NO_TASK) {
                    link.kill(unit.group.task);
                  }
                }));
    alarms.after(
        settings.grace().multipliedBy(2).plusSeconds(1), () -> events.add(() -> giveUp(attempt)));
  }

  private void giveUp(long attempt) {
    if (open.find(attempt) != null) {
      LOG.warn("attempt {} was cancelled, and Spark does not tell its end", attempt);
      open.answer(attempt, OpenAttempts.CANCELLED);
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
    for (Batch batch : batches.values()) {
      link.cancel(batch);
      batch.groups().forEach(this::leavePlace);
    }
    for (Long attempt : open.attempts()) {
      open.answer(attempt, new Lost(why, 0, Bytes.EMPTY));
    }
  }
}
