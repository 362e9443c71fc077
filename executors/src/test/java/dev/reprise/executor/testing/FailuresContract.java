package dev.reprise.executor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult.InputDamaged;
import dev.reprise.executor.AttemptResult.InputUnreadable;
import dev.reprise.executor.AttemptResult.UserError;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.ContractTasks.Desk;
import dev.reprise.executor.testing.ContractTasks.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What becomes of units that go wrong: they fail alone, say why, and never take a worker with them.
 */
abstract class FailuresContract extends ResultsContract {
  @Test
  void run_userCodeThrows_wholeErrorComesBackWithoutOurFrames() throws Exception {
    ErrorInfo error = fail(task("fail"), "no flights");

    assertThat(error.headline()).isEqualTo("java.lang.IllegalStateException: no flights");
    assertThat(error.isA("java.lang.RuntimeException")).isTrue();
    assertThat(error.isA("java.io.IOException")).isTrue();
    assertThat(error.cause().headline()).isEqualTo("java.io.IOException: the disk");
    assertThat(error.suppressed()).hasSize(1);
    assertThat(error.stack()).hasSize(1).first().asString().contains("ContractTasks.fail");
    stillWorks();
  }

  @Test
  void run_oneUnitOfAChunkFails_othersSucceed() throws Exception {
    TaskCode bytes = task("bytes");
    UnitWork good = work.unitOf("a", 10, 1);
    UnitWork bad = work.unitOf("b", -1, 1);
    UnitWork alsoGood = work.unitOf("c", 10, 1);

    executor.submit(work.chunk(bytes, List.of(good, bad, alsoGood)), answers);

    assertThat(answers.await(bad.attempt()))
        .isInstanceOfSatisfying(
            UserError.class,
            error -> {
              assertThat(error.notKept()).as("the task threw it").isNull();
              assertThat(error.error().classes()).contains("java.lang.RuntimeException");
            });
    assertThat(answers.await(good.attempt())).isNotInstanceOf(UserError.class);
    assertThat(answers.await(alsoGood.attempt())).isNotInstanceOf(UserError.class);
  }

  @Test
  void run_resourceCannotBeMade_isAnErrorOfTheUsersThatNamesIt() throws Exception {
    Path log = Files.writeString(folder.resolve("desks"), "");
    Argument at = work.encoded(log.toString());
    TaskCode open = work.code(Desk.class, "open");
    Argument good = new Argument.Made("good", open, List.of(at, work.encoded("good")));
    Argument bad = new Argument.Made("bad", open, List.of(at, work.encoded("")));

    ErrorInfo error = fail(task("sit"), good, bad);

    assertThat(error.headline())
        .endsWith("resource 'bad' cannot be made: java.io.IOException: it has no name");
    assertThat(error.isA("java.io.IOException")).isTrue();
    assertThat(log).hasContent("open good;close good;");
    stillWorks();
  }

  @Test
  void run_exceptionsOwnMethodsThrow_errorIsToldAllTheSame() throws Exception {
    assertThat(fail(task("failOddly")).headline()).contains("OddException").contains("getMessage");
    stillWorks();
  }

  @Test
  void run_staticInitializerThrows_isAnErrorEveryTime() throws Exception {
    assertThat(fail(task("brokenClass")).isA("java.lang.NumberFormatException")).isTrue();

    ErrorInfo again = fail(task("brokenClass"));
    assertThat(again.headline()).doesNotContain("class path");
    stillWorks();
  }

  @Test
  void run_outOfMemory_isAnErrorThatSaysWhatToDo() throws Exception {
    assertThat(fail(task("outOfMemory")).headline())
        .contains("java.lang.OutOfMemoryError")
        .contains("-Xmx")
        .contains(".memory(bytes)");
    stillWorks();
  }

  @Test
  void run_stackOverflow_isAnErrorWithACutStack() throws Exception {
    ErrorInfo error = fail(task("endless"), 0);

    assertThat(error.headline()).contains("java.lang.StackOverflowError").contains("-Xss");
    assertThat(error.stack()).hasSizeBetween(100, 300);
    stillWorks();
  }

  @Test
  void run_interruptsItself_isItsOwnError() throws Exception {
    assertThat(value(succeed(task("interruptItself")))).isEqualTo(100_000);
    assertThat(fail(task("fail"), "next").headline()).contains("next");
  }

  @Test
  void run_nullForAPrimitive_saysWhichArgument() throws Exception {
    assertThat(fail(task("add"), 1, null).headline())
        .contains("argument 2")
        .contains("ContractTasks#add")
        .contains("int");
  }

  @Test
  void run_wrongNumberOfArguments_saysBothNumbers() throws Exception {
    assertThat(fail(task("add"), 1).headline()).contains("takes 2 arguments, the step passes 1");
  }

  @Test
  void run_resultWithoutCodec_namesClassAndWayOut() throws Exception {
    assertThat(fail(task("unregistered")).headline())
        .contains("ContractTasks$Unregistered")
        .contains("register");
  }

  @Test
  void run_laterPartitionWithoutCodec_leavesNothingInTheStore() throws Exception {
    TaskCode code =
        work.inlineLimit(0).code(ContractTasks.class, "unregisteredAtTheEnd", Shape.MANY);

    assertThat(fail(code, 5000).headline()).contains("Unregistered");
    assertThat(temporaries()).isZero();
  }

  @Test
  void run_manyPartitionsWithoutList_saysWhatItGot() throws Exception {
    TaskCode code = task("nothing", Shape.MANY);

    assertThat(fail(code).headline()).contains("returned null").contains("list");
  }

  @Test
  @Shows("Fault 60")
  void run_classMissing_isNamedWithTheHost() throws Exception {
    TaskCode code = codeOf(new MethodRef("com.acme.Missing", "run", "()I"));

    assertThat(fail(code).headline())
        .contains("com.acme.Missing", "cannot run on", "to the driver's class path");
    stillWorks();
  }

  @Test
  void run_classOfTheSignatureMissing_isNamed() throws Exception {
    TaskCode code =
        codeOf(new MethodRef(ContractTasks.class.getName(), "run", "(Lcom/acme/Missing;)I"));

    assertThat(fail(code).headline()).contains("com.acme.Missing");
  }

  @Test
  void run_methodMissing_isNamed() throws Exception {
    TaskCode code = codeOf(new MethodRef(ContractTasks.class.getName(), "gone", "()I"));

    assertThat(fail(code).headline()).contains("ContractTasks#gone");
  }

  @Test
  void run_argumentGone_blobIsNamedAsMissing() throws Exception {
    Argument.Encoded argument = blob(new Person("Ada", 36));
    BlobRef blob = ((Location.Stored) argument.partition().location()).blob();
    store.delete(blob.address());

    InputDamaged damaged = (InputDamaged) run(task("older"), argument, 1);

    assertThat(damaged.blob()).isEqualTo(blob);
    assertThat(damaged.missing()).isTrue();
    assertThat(damaged.why()).contains("is missing from the store");
  }

  @Test
  void run_argumentDamaged_blobIsNamedAndUserCodeDidNotRun() throws Exception {
    Argument.Encoded argument = blob(new Person("Ada", 36));
    BlobRef blob = ((Location.Stored) argument.partition().location()).blob();
    flipABit(blob);

    InputDamaged damaged = (InputDamaged) run(task("older"), argument, 1);

    assertThat(damaged.blob()).isEqualTo(blob);
    assertThat(damaged.missing()).isFalse();
    assertThat(damaged.durationNanos()).isZero();
    stillWorks();
  }

  @Test
  void run_argumentOfAnotherForm_itsContentIsNamedAndUserCodeDidNotRun() throws Exception {
    PartitionRef table = work.partition(new byte[] {1, 2, 3}, 100);
    PartitionRef noObject = withCodec(table, work.partition("text", 100).codec());

    InputUnreadable unreadable =
        (InputUnreadable) run(task("older"), new Argument.Encoded(noObject), 1);

    assertThat(unreadable.argument()).isZero();
    assertThat(unreadable.content()).isEqualTo(table.content());
    assertThat(unreadable.why()).contains("argument 1 cannot be decoded").contains("(on ");
    assertThat(unreadable.durationNanos()).isZero();
    stillWorks();
  }

  @Test
  void run_elementOfAListOfACodecThatIsGone_codecAndArgumentAreNamed() throws Exception {
    PartitionRef sound = work.partition("a", 100);
    PartitionRef fromTheFuture = withCodec(work.partition("b", 100), "kryo/99");
    Argument list =
        new Argument.Listed(
            List.of(new Argument.Encoded(sound), new Argument.Encoded(fromTheFuture)));

    InputUnreadable unreadable = (InputUnreadable) run(task("join"), list, Map.of());

    assertThat(unreadable.argument()).isZero();
    assertThat(unreadable.content()).isEqualTo(fromTheFuture.content());
    assertThat(unreadable.why()).contains("argument 1").contains("no codec 'kryo/99'");
  }

  @Test
  void run_capturedValueOfAnotherForm_isAnErrorSinceNothingMadeIt() throws Exception {
    TaskCode code = task("add");
    PartitionRef noNumber = withCodec(work.partition(1, 100), "kryo/99");
    TaskCode capturing =
        new TaskCode(
            code.method(),
            code.kind(),
            List.of(new Argument.Encoded(noNumber)),
            code.effect(),
            code.shape(),
            code.registered(),
            code.inlineLimit());

    assertThat(fail(capturing, 2).headline()).contains("captured value 1").contains("kryo/99");
  }

  private static PartitionRef withCodec(PartitionRef partition, String codec) {
    return new PartitionRef(
        partition.content(),
        codec,
        partition.size(),
        partition.rows(),
        partition.schema(),
        partition.location());
  }

  private void stillWorks() throws Exception {
    assertThat(value(succeed(task("add"), 20, 22))).isEqualTo(42);
  }

  private Argument.Encoded blob(Object value) throws IOException {
    PartitionRef partition = work.partition(value, 0);
    return new Argument.Encoded(
        partition.at(store.publish((Location.Pending) partition.location())));
  }

  private void flipABit(BlobRef blob) throws IOException {
    String name = blob.address().toString().substring(2);
    try (Stream<Path> all = Files.walk(store.folder())) {
      Path file = all.filter(path -> path.toString().contains(name)).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 4;
      file.toFile().setWritable(true);
      Files.write(file, bytes);
    }
  }

  private static TaskCode codeOf(MethodRef method) {
    return new TaskCode(method, Kind.STATIC, List.of(), false, Shape.ONE, List.of(), 1000);
  }
}
