package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.testing.Shows;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What bytecode does not show is told, and can be declared. */
class BlindSpotsTest {
  @TempDir private Path folder;

  private static Program calling(String statement) {
    return Program.of(
        "class Delays { static native int metal(); static Object task(Object x) throws Exception { "
            + statement
            + " } static String text() { return \"\"; } }",
        "public class Hidden { public static int help() { return 11; } }");
  }

  private static List<String> caveats(String statement) {
    return calling(statement).fingerprint().caveats();
  }

  private static final String TASK =
      "com.acme.Delays#task(java.lang.Object)java.lang.Object calls ";

  @Test
  void closure_reflection_isTold() {
    String advice =
        ": what is reached by reflection is not in the fingerprint; declare it with alsoRuns";
    assertThat(caveats("return Class.forName(text());"))
        .containsExactly(TASK + "java.lang.Class#forName" + advice);
    assertThat(caveats("return Delays.class.getMethods()[0].invoke(x);"))
        .containsExactly(TASK + "java.lang.reflect.Method#invoke" + advice);
    assertThat(caveats("return java.lang.invoke.MethodHandles.lookup().findClass(text());"))
        .containsExactly(TASK + "java.lang.invoke.MethodHandles$Lookup#findClass" + advice);
  }

  @Test
  void closure_serviceProviders_areTold() {
    assertThat(caveats("return java.util.ServiceLoader.load(Runnable.class);"))
        .containsExactly(
            TASK
                + "java.util.ServiceLoader#load: which provider answers is not in the fingerprint;"
                + " declare its class with alsoRuns");
    assertThat(caveats("return java.sql.DriverManager.getConnection(\"jdbc:duckdb:\");"))
        .hasSize(1);
  }

  @Test
  void closure_nativeMethods_areTold() {
    assertThat(caveats("return metal();"))
        .containsExactly(
            "com.acme.Delays#metal()int is native: native code is not in the fingerprint;"
                + " change the task's version when it changes");
    assertThat(caveats("System.loadLibrary(\"metal\"); return null;")).hasSize(1);
  }

  @Test
  void closure_resourceOfUnknownName_isTold() {
    assertThat(caveats("return Delays.class.getResource(text());"))
        .containsExactly(
            TASK
                + "java.lang.Class#getResource: which resource is read cannot be seen; declare it"
                + " with alsoReads");
  }

  /** A bundle is put together of files and classes for several languages. */
  @Test
  void closure_resourceBundle_isTold() {
    assertThat(caveats("return java.util.ResourceBundle.getBundle(\"messages\");"))
        .containsExactly(
            TASK
                + "java.util.ResourceBundle#getBundle: which resource is read cannot be seen;"
                + " declare it with alsoReads");
  }

  @Test
  void closure_referenceToWhatHides_isTold() {
    assertThat(
            caveats(
                "java.util.function.Function<Class<Runnable>, Object> f ="
                    + " java.util.ServiceLoader::load; return f.apply(Runnable.class);"))
        .containsExactly(
            TASK.replace("calls", "refers to")
                + "java.util.ServiceLoader#load: which provider answers is not in the fingerprint;"
                + " declare its class with alsoRuns");
    assertThat(
            caveats(
                "java.util.function.Function<String, Object> f = Delays.class::getResource;"
                    + " return f.apply(text());"))
        .containsExactly(
            TASK.replace("calls", "refers to")
                + "java.lang.Class#getResource: which resource is read cannot be seen; declare it"
                + " with alsoReads");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getDeclaredFields()",
        "getDeclaredMethods()",
        "getMethods()",
        "getRecordComponents()",
        "getAnnotation(Deprecated.class)",
        "isAnnotationPresent(Deprecated.class)"
      })
  void closure_membersOfAClassThatNothingNames_isTold(String asked) {
    String method = asked.substring(0, asked.indexOf('('));
    assertThat(caveats("return x.getClass()." + asked + ";"))
        .containsExactly(
            TASK
                + "java.lang.Class#"
                + method
                + ": which class's members or annotations are looked at cannot be seen; declare it"
                + " with alsoRuns");
    assertThat(caveats("return Delays.class." + asked + ";")).isEmpty();
  }

  @Test
  void closure_plainCode_hasNoCaveats() {
    assertThat(caveats("return x.toString();")).isEmpty();
  }

  @Test
  void closure_classLoadedByConstantName_counts() {
    Program program = calling("return Class.forName(\"com.acme.Hidden\");");
    assertThat(program.fingerprint().caveats()).isEmpty();
    assertThat(program.fingerprint().parts()).containsKey("com.acme.Hidden");
  }

  @Test
  void closure_classLoadedByConstantName_countsWithWhatReflectionCallsWithoutAnInstance() {
    Program program =
        calling("return Class.forName(\"com.acme.lib.Refl\").getMethod(\"go\").invoke(null);")
            .with(
                """
                package com.acme.lib;
                public class Refl extends Base {
                  static int loaded = 11;
                  public Refl() { loaded = 12; }
                  public static int go() { return 13 + far(); }
                  public int instance() { return 14; }
                  private static int far() { return 15; }
                  private static int unrelated() { return 16; }
                }
                """)
            .with(
                """
                package com.acme.lib;
                public class Base {
                  public static int inherited() { return 17; }
                  static int hidden() { return 18; }
                }
                """);
    CodeFingerprint before = program.fingerprint();
    for (String counts : List.of("11", "12", "13", "14", "15", "17")) {
      assertThat(program.edit(counts, "2" + counts).fingerprint()).as(counts).isNotEqualTo(before);
    }
    for (String doesNot : List.of("16", "18")) {
      assertThat(program.edit(doesNot, "2" + doesNot).fingerprint()).as(doesNot).isEqualTo(before);
    }
    assertThat(CodeDifference.between(before, program.edit("15", "16").fingerprint()))
        .extracting(CodeDifference::toString)
        .containsExactly("com.acme.lib.Refl#far() changed");
  }

  @Test
  void closure_declaredClass_countsWithAllMethodsAndSilencesTheCaveat() {
    Program program = calling("return Class.forName(text());");
    CodeHints hints = new CodeHints(List.of(), List.of(), List.of("com.acme.Hidden"), List.of());
    assertThat(program.fingerprint(hints).caveats()).isEmpty();
    assertThat(
            CodeDifference.between(
                program.fingerprint(hints), program.edit("11", "12").fingerprint(hints)))
        .extracting(CodeDifference::toString)
        .containsExactly("com.acme.Hidden#help() changed");
  }

  @Test
  void closure_classHandedOnAsAValue_countsWithWhatReflectionSees() {
    Program program =
        Program.of(
            """
            class Delays {
              static class Config {
                @Deprecated int limit = 11;
                public int getLimit() { return 12; }
                private int unrelated() { return 13; }
                static int other() { return 14; }
              }
              static Object task() { return fill(Config.class); }
              static Object fill(Class<?> type) { return type; }
            }
            """);
    CodeFingerprint before = program.fingerprint();
    assertThat(program.edit("11", "21").fingerprint()).isNotEqualTo(before);
    assertThat(program.edit("12", "22").fingerprint()).isNotEqualTo(before);
    assertThat(program.edit("@Deprecated int", "int").fingerprint()).isNotEqualTo(before);
    assertThat(program.edit("13", "23").fingerprint()).isEqualTo(before);
    assertThat(program.edit("14", "24").fingerprint()).isEqualTo(before);
  }

  @Test
  void closure_classOnlyLookedAt_doesNotBringItsMethods() {
    Program program =
        Program.of(
            """
            class Delays {
              private static final System.Logger LOG = System.getLogger(Delays.class.getName());
              static String task() { assert LOG != null; return Delays.class.getSimpleName(); }
              public int unrelated() { return 13; }
            }
            """);
    assertThat(program.edit("13", "23").fingerprint()).isEqualTo(program.fingerprint());
  }

  @Test
  @Shows("Fault 72")
  void closure_resourceOfConstantName_counts() throws Exception {
    Program program =
        Program.of(
            """
            class Delays {
              static Object task() { return Delays.class.getResourceAsStream("names.txt"); }
            }
            """);
    Path classes = program.compile(folder.resolve("classes"));
    CodeFingerprint absent = Program.fingerprint(CodeHints.NONE, classes);
    Files.writeString(classes.resolve("com/acme/names.txt"), "one");
    CodeFingerprint one = Program.fingerprint(CodeHints.NONE, classes);
    Files.writeString(classes.resolve("com/acme/names.txt"), "two");
    CodeFingerprint two = Program.fingerprint(CodeHints.NONE, classes);
    assertThat(absent.caveats())
        .containsExactly(
            "the resource com/acme/names.txt, which com.acme.Delays#task()java.lang.Object names, is"
                + " not on the class path");
    assertThat(one.caveats()).isEmpty();
    assertThat(CodeDifference.between(absent, one))
        .extracting(CodeDifference::toString)
        .containsExactly("resource com/acme/names.txt changed");
    assertThat(two).isNotEqualTo(one);
  }

  @Test
  void closure_declaredResource_counts() throws Exception {
    Path classes = calling("return 1;").compile(folder.resolve("classes"));
    Files.writeString(classes.resolve("names.txt"), "one");
    CodeHints hints = new CodeHints(List.of(), List.of(), List.of(), List.of("names.txt"));
    CodeFingerprint one = Program.fingerprint(hints, classes);
    Files.writeString(classes.resolve("names.txt"), "two");
    assertThat(Program.fingerprint(hints, classes)).isNotEqualTo(one);
  }

  @Test
  void closure_absentClass_isTold() throws Exception {
    Path classes = calling("return Hidden.help();").compile(folder.resolve("classes"));
    Files.delete(classes.resolve("com/acme/Hidden.class"));
    assertThat(Program.fingerprint(CodeHints.NONE, classes).caveats())
        .containsExactly(
            "com.acme.Hidden, which com.acme.Delays#task(java.lang.Object)java.lang.Object names, is"
                + " not on the class path; its code is not in the fingerprint");
  }

  @Test
  void closure_absentLibraryAndSuperclass_areTold() throws Exception {
    Path library =
        Program.of("package org.tool; public class Tool { public int x() { return 1; } }")
            .compile(folder.resolve("library"));
    Path classes =
        Program.of(
                """
                class Delays extends org.tool.Tool {
                  static int task() { return helper(); }
                  static int helper() { return 11; }
                }
                """)
            .using(library)
            .compile(folder.resolve("classes"));
    try (URLClassLoader loader = Program.loader(classes);
        ClassSource source = ClassSource.of(loader)) {
      CodeFingerprint fingerprint =
          new CodeFingerprinter(source).closure(new MethodRef("com.acme.Delays", "task", "()I"));
      assertThat(fingerprint.parts()).containsKey("com.acme.Delays#helper()int");
      assertThat(fingerprint.caveats())
          .singleElement()
          .asString()
          .startsWith("org.tool.Tool, which com.acme.Delays names, is not on the class path");
    }
  }

  @Test
  void closure_taskThatIsNotThere_hasNoIdentity() throws Exception {
    Path classes = calling("return 1;").compile(folder.resolve("classes"));
    try (URLClassLoader loader = Program.loader(classes);
        ClassSource source = ClassSource.of(loader)) {
      CodeFingerprinter fingerprinter = new CodeFingerprinter(source);
      assertThatThrownBy(() -> fingerprinter.closure(new MethodRef("com.acme.Gone", "task", "()V")))
          .isInstanceOf(CodeUnavailableException.class)
          .hasMessage(
              "the code of com.acme.Gone#task()V is not found: its class was made at run time, or is"
                  + " not on the class path");
    }
  }

  @Test
  void closure_damagedClassFile_hasNoIdentity() throws Exception {
    Path classes = calling("return Hidden.help();").compile(folder.resolve("classes"));
    Path file = classes.resolve("com/acme/Hidden.class");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    try (URLClassLoader loader = Program.loader(classes);
        ClassSource source = ClassSource.of(loader)) {
      CodeFingerprinter fingerprinter = new CodeFingerprinter(source);
      assertThatThrownBy(() -> fingerprinter.closure(Program.task(loader)))
          .isInstanceOf(CodeUnavailableException.class)
          .hasMessageContaining("the class file of com.acme.Hidden cannot be read");
    }
  }
}
