package dev.reprise.executor.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.testing.Shows;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.Platform;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.ContractTasks.Desk;
import dev.reprise.executor.testing.ContractTasks.Greeter;
import dev.reprise.executor.testing.ContractTasks.Person;
import dev.reprise.task.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of units whose code returns. */
abstract class ResultsContract extends ContractHarness {
  @Test
  void run_primitives_resultIsInlineAndTellsTimeHostAndPlatform() throws Exception {
    Success success = succeed(task("add"), 3, 4);

    assertThat(value(success)).isEqualTo(7);
    assertThat(success.notKept()).isNull();
    assertThat(success.durationNanos()).isPositive();
    assertThat(success.host()).isNotBlank();
    assertThat(success.platform()).isEqualTo(Platform.here());
    assertThat(success.manifest().partitions().get(0).location())
        .isInstanceOf(Location.Inline.class);
  }

  @Test
  void run_typesOfTheUser_crossBothWays() throws Exception {
    assertThat(value(succeed(task("older"), new Person("Ada", 36), 1)))
        .isEqualTo(new Person("Ada", 37));
  }

  @Test
  void run_null_isAResult() throws Exception {
    assertThat(value(succeed(task("nothing")))).isNull();
  }

  @Test
  void run_sideEffect_resultIsAReceipt() throws Exception {
    Path file = Files.writeString(folder.resolve("effect"), "");

    Success success = succeed(task("effect"), TestWork.file(file));

    assertThat(value(success)).isEqualTo(Receipt.DONE);
    assertThat(file).hasContent("happened");
  }

  @Test
  void run_listsAndLabelledArguments_keepTheirOrder() throws Exception {
    Argument parts = new Argument.Listed(List.of(work.encoded("b"), work.encoded("a")));
    Argument counts =
        new Argument.Labelled(List.of("y", "x"), List.of(work.encoded(2), work.encoded(1)));

    assertThat(value(succeed(task("join"), parts, counts))).isEqualTo("b+a{y=2, x=1}");
  }

  @Test
  void run_resources_areMadeOnceByTheWorkerAndClosedTheLastFirst() throws Exception {
    Path log = Files.writeString(folder.resolve("desks"), "");
    Argument at = work.encoded(log.toString());
    Argument lower =
        new Argument.Made(
            "lower", work.code(Desk.class, "open"), List.of(at, work.encoded("lower")));
    Argument upper =
        new Argument.Made(
            "upper", work.code(Desk.class, "putOn"), List.of(at, work.encoded("upper"), lower));

    assertThat(value(succeed(task("sit"), upper, lower))).isEqualTo(true);

    assertThat(log).hasContent("open lower;open upper;sit at upper;close upper;close lower;");
  }

  @Test
  @Shows("Fault 59")
  void run_instanceMethodWithCapturedReceiver_isCalledOnIt() throws Exception {
    TaskCode greet = work.code(Greeter.class, "greet");
    TaskCode captured =
        new TaskCode(
            greet.method(),
            Kind.VIRTUAL,
            List.of(work.encoded(new Greeter("hello"))),
            false,
            Shape.ONE,
            greet.registered(),
            greet.inlineLimit());

    assertThat(value(succeed(captured, "Ada"))).isEqualTo("hello Ada");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000})
  void run_manyPartitions_eachElementIsOne(int elements) throws Exception {
    TaskCode count = task("count", Shape.MANY);

    Success success = succeed(count, elements);

    List<Object> values = new ArrayList<>();
    for (PartitionRef partition : success.manifest().partitions()) {
      values.add(work.value(partition));
    }
    assertThat(values).isEqualTo(ContractTasks.count(elements));
    assertThat(success.manifest().shape()).isEqualTo(Shape.MANY);
  }

  @Test
  void run_manyPartitionsOfARecord_eachComponentIsOne() throws Exception {
    Success success = succeed(task("parts", Shape.MANY));

    assertThat(work.value(success.manifest().partitions().get(0))).isEqualTo("l");
    assertThat(work.value(success.manifest().partitions().get(1))).isEqualTo(2);
  }

  @Test
  void run_resultAboveInlineLimit_isPendingAndCanBePublished() throws Exception {
    Success success =
        succeed(work.inlineLimit(1000).code(ContractTasks.class, "bytes"), 3 << 20, 5);

    PartitionRef partition = success.manifest().partitions().get(0);
    Location.Stored stored = store.publish((Location.Pending) partition.location());
    assertThat(work.value(partition.at(stored))).isEqualTo(ContractTasks.bytes(3 << 20, 5));
    assertThat(partition.size()).isGreaterThanOrEqualTo(3 << 20);
  }

  @Test
  void run_blobAsArgument_isRead() throws Exception {
    PartitionRef large = work.partition(new Person("Ada", 36), 0);
    Location.Stored stored = store.publish((Location.Pending) large.location());

    assertThat(value(succeed(task("older"), new Argument.Encoded(large.at(stored)), 1)))
        .isEqualTo(new Person("Ada", 37));
  }

  @Test
  void run_tables_crossBothWaysWithTheirRowsAndSchema() throws Exception {
    PartitionRef table = partition(succeed(task("table"), 1000));
    assertThat(table.rows()).isEqualTo(1000);
    assertThat(table.schema().size()).isPositive();

    PartitionRef again = partition(succeed(task("same"), new Argument.Encoded(table)));
    assertThat(again.content()).isEqualTo(table.content());
    assertThat(value(succeed(task("sum"), new Argument.Encoded(again)))).isEqualTo(499_500L);
  }

  @Test
  void run_tableWithoutRows_isATable() throws Exception {
    PartitionRef table = partition(succeed(task("table"), 0));

    assertThat(table.rows()).isZero();
    assertThat(value(succeed(task("sum"), new Argument.Encoded(table)))).isEqualTo(0L);
  }

  @Test
  void run_file_isKeptAndGivenToTheNextByItsName() throws Exception {
    Argument place = new Argument.File(folder, 0, 0);
    PartitionRef file = partition(succeed(task("write"), place, "worst airports"));

    assertThat(value(succeed(task("read"), new Argument.Encoded(file))))
        .isEqualTo("report.txt: worst airports");
  }

  @Test
  void run_twoAttemptsOfOneUnit_shareNoFile() throws Exception {
    TaskCode bytes = work.inlineLimit(0).code(ContractTasks.class, "bytes");

    Location.Pending first = pending(succeed(bytes, 5000, 1));
    Location.Pending second = pending(succeed(bytes, 5000, 1));

    assertThat(first.temporary()).isNotEqualTo(second.temporary());
    assertThat(first.blob()).isEqualTo(second.blob());
    store.discard(first);
    assertThat(store.publish(second).blob()).isEqualTo(first.blob());
  }

  @Test
  void run_fileThatStays_isPassedAsAPathAndResultIsKept() throws Exception {
    Path file = Files.writeString(folder.resolve("data"), "12345");

    Success success = succeed(task("size"), TestWork.file(file));

    assertThat(value(success)).isEqualTo(5L);
    assertThat(success.notKept()).isNull();
  }

  @Test
  @Shows("Fault 74")
  void run_fileThatChangesMeanwhile_resultIsNotKept() throws Exception {
    Path file = Files.writeString(folder.resolve("data"), "12345");

    Success success = succeed(task("append"), TestWork.file(file));

    assertThat(value(success)).isEqualTo(9L);
    assertThat(success.notKept()).contains(file.toString()).contains("from 5 to 9 bytes");
  }

  @Test
  void run_fileReplacedByOneOfEqualSizeAndTime_resultIsNotKept() throws Exception {
    Path file = Files.writeString(folder.resolve("data"), "12345");
    Path other = Files.writeString(folder.resolve("other"), "54321");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Argument stamped = TestWork.file(file);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    Success success = succeed(task("size"), stamped);

    assertThat(success.notKept()).contains(file.toString()).contains("was replaced");
  }

  @Test
  void run_prints_outputIsCapturedThreadsIncluded() throws Exception {
    Success success = succeed(task("say"), 2);

    String eol = System.lineSeparator();
    assertThat(text(success.output()))
        .isEqualTo(
            String.join(eol, "line 0 of ✈ 2", "line 1 of ✈ 2", "to err", "from a thread", ""));
  }

  @Test
  void run_printsALot_beginningAndEndAreKept() throws Exception {
    Success success = succeed(task("say"), 50_000);

    String output = text(success.output());
    assertThat(output).startsWith("line 0 of ✈ 50000").contains("bytes of output left out");
    assertThat(output).endsWith("from a thread" + System.lineSeparator());
    assertThat(success.output().size()).isBetween(60 << 10, 65 << 10);
  }

  @Test
  void run_asksForItsContext_isToldWhoItIs() throws Exception {
    TaskCode code = task("whoAmI");
    UnitWork unit = work.unitOf("month=2001-04");
    executor.submit(work.chunk(code, List.of(unit)), answers);

    Success success = (Success) answers.await(unit.attempt());

    assertThat(value(success)).isEqualTo("r1 whoAmI month=2001-04 " + unit.attempt());
  }

  @Test
  void run_userCode_seesItsOwnClassesByTheContextLoader() throws Exception {
    assertThat(value(succeed(task("contextLoader")))).isEqualTo("true");
  }

  @Test
  void run_leavesItsThreadInterrupted_resultIsWrittenAllTheSame() throws Exception {
    TaskCode code = work.inlineLimit(0).code(ContractTasks.class, "interruptItselfAndReturn");

    assertThat(succeed(code, 5000).notKept()).isNull();
    assertThat(value(succeed(task("add"), 1, 1))).isEqualTo(2);
  }

  @Test
  void run_manyTrivialUnits_eachIsAnsweredOnceWithItsOwnResult() throws Exception {
    List<UnitWork> units = new ArrayList<>();
    for (int i = 0; i < manyUnits(); i++) {
      units.add(work.unitOf("", i, 1));
    }
    TaskCode add = task("add");
    for (int from = 0; from < units.size(); from += 100) {
      executor.submit(
          work.chunk(add, units.subList(from, Math.min(units.size(), from + 100))), answers);
    }

    answers.awaitCount(units.size());

    for (int i = 0; i < units.size(); i += 97) {
      assertThat(value((Success) answers.await(units.get(i).attempt()))).isEqualTo(i + 1);
    }
  }

  @Test
  void window_always_hasRoomForAUnit() throws Exception {
    assertThat(executor.window()).isPositive();

    succeed(task("add"), 1, 2);

    assertThat(executor.window()).isPositive();
  }

  static Location.Pending pending(Success success) {
    return (Location.Pending) partition(success).location();
  }

  static String text(Bytes bytes) {
    return new String(bytes.array(), UTF_8);
  }
}
