package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.testing.CompiledClasses;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fault 71: bytes written by one version of a class and read by the next. Either the value is
 * right, or the reading fails; never is one field taken for another.
 */
class KryoLayoutTest {
  private static final String RECORD_V1 = "public record Trip(String from, String to) {}";
  private static final String ENUM_V1 = "public enum Level { LOW, HIGH }";
  private static final String PLAIN_V1 = "public class Model { int a = 1; int b = 2; }";

  @TempDir Path folder;

  @Test
  void decode_sameClassCompiledAgain_isEqual() throws Exception {
    CompiledClasses one = compiled("Trip", RECORD_V1);
    CompiledClasses again = compiled("Trip", "// a comment\n" + RECORD_V1);
    Object trip = one.type("Trip").getConstructors()[0].newInstance("ATL", "ORD");

    assertThat(read(again, "Trip", write(one, "Trip", trip))).hasToString(trip.toString());
  }

  @Test
  @Shows("Fault 71")
  void decode_recordWithComponentAddedRenamedRetypedOrMoved_isRefused() throws Exception {
    CompiledClasses old = compiled("Trip", RECORD_V1);
    byte[] bytes =
        write(old, "Trip", old.type("Trip").getConstructors()[0].newInstance("ATL", "ORD"));

    for (String changed :
        List.of(
            "public record Trip(String from, String to, int miles) {}",
            "public record Trip(String origin, String to) {}",
            "public record Trip(String to, String from) {}",
            "public record Trip(String from, Object to) {}",
            "public record Trip(String from) {}",
            "public class Trip { String from; String to; }")) {
      assertThatThrownBy(() -> read(compiled("Trip", changed), "Trip", bytes))
          .as(changed)
          .isInstanceOf(UndecodableException.class);
    }
    assertThatThrownBy(
            () ->
                read(
                    compiled("Trip", "public record Trip(String to, String from) {}"),
                    "Trip",
                    bytes))
        .hasMessageContaining("holds a record Trip as it was before that class changed");
  }

  @Test
  void decode_plainClassWithOtherFields_isRefused() throws Exception {
    CompiledClasses old = compiled("Model", PLAIN_V1);
    byte[] bytes = write(old, "Model", old.type("Model").getConstructor().newInstance());

    assertThatThrownBy(
            () ->
                read(
                    compiled("Model", "public class Model { int b = 2; int c = 3; }"),
                    "Model",
                    bytes))
        .isInstanceOf(UndecodableException.class);
  }

  @Test
  @Shows("Fault 71")
  void decode_enumInAnotherOrderOrWithMoreConstants_isTheSameConstant() throws Exception {
    CompiledClasses old = compiled("Level", ENUM_V1);
    byte[] bytes = write(old, "Level", old.type("Level").getEnumConstants()[0]);

    CompiledClasses reordered = compiled("Level", "public enum Level { NONE, HIGH, LOW }");
    assertThat(read(reordered, "Level", bytes)).hasToString("LOW");
  }

  @Test
  void decode_enumConstantGone_isRefused() throws Exception {
    CompiledClasses old = compiled("Level", ENUM_V1);
    byte[] bytes = write(old, "Level", old.type("Level").getEnumConstants()[0]);

    assertThatThrownBy(() -> read(compiled("Level", "public enum Level { HIGH }"), "Level", bytes))
        .isInstanceOf(UndecodableException.class)
        .hasMessageContaining("Level has no constant 'LOW' any more");
  }

  @Test
  void decode_constructorThatRefuses_isRefused() throws Exception {
    CompiledClasses old = compiled("Trip", RECORD_V1);
    byte[] bytes =
        write(old, "Trip", old.type("Trip").getConstructors()[0].newInstance("ATL", "ATL"));
    String strict =
        "public record Trip(String from, String to) {"
            + " public Trip { if (from.equals(to)) throw new IllegalArgumentException(); } }";

    assertThatThrownBy(() -> read(compiled("Trip", strict), "Trip", bytes))
        .isInstanceOf(UndecodableException.class);
  }

  /** Fault of §7.1: naming a class in bytes must not be enough to run its static initialiser. */
  @Test
  void decode_classThatIsNotRegistered_isRefusedAndNeverInitialised() throws Exception {
    String canary =
        "public record Trip(String from, String to) {"
            + " static { System.setProperty(\"reprise.test.canary\", \"sang\"); } }";
    CompiledClasses writer = compiled("Trip", RECORD_V1);
    byte[] bytes =
        write(writer, "Trip", writer.type("Trip").getConstructors()[0].newInstance("a", "b"));
    CompiledClasses reader = compiled("Trip", canary);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(reader.loader());
    try {
      assertThatThrownBy(() -> new KryoCodec(RegisteredTypes.NONE).decode(new ArrayPayload(bytes)))
          .isInstanceOf(UndecodableException.class)
          .hasMessageContaining("'record Trip', which is not registered");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat(System.getProperty("reprise.test.canary")).isNull();
  }

  @Test
  void named_loadsClassesWithoutRunningThem() throws Exception {
    CompiledClasses classes =
        compiled("Trip", "public class Trip { static { System.setProperty(\"t\", \"x\"); } }");

    RegisteredTypes types = RegisteredTypes.named(List.of("Trip"), classes.loader());

    assertThat(types.names()).containsExactly("Trip");
    assertThat(System.getProperty("t")).isNull();
  }

  private CompiledClasses compiled(String name, String source) throws Exception {
    return CompiledClasses.of(folder, name, source);
  }

  private static byte[] write(CompiledClasses classes, String name, Object value) throws Exception {
    return ArrayPayload.of(new KryoCodec(RegisteredTypes.of(classes.type(name))), value).array();
  }

  private static Object read(CompiledClasses classes, String name, byte[] bytes) throws Exception {
    return new KryoCodec(RegisteredTypes.of(classes.type(name))).decode(new ArrayPayload(bytes));
  }
}
