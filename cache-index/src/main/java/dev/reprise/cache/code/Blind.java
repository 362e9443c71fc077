package dev.reprise.cache.code;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ways in which code reaches what its bytecode does not name. */
enum Blind {
  /** Classes and methods by name or at random. */
  REFLECTION("what is reached by reflection is not in the fingerprint; declare it with alsoRuns"),
  /** What classes consist of, as somebody asks who does not say which class. */
  INSPECTION(
      "which class's members or annotations are looked at cannot be seen; declare it with alsoRuns"),
  /** Providers that a configuration file names. */
  SERVICES("which provider answers is not in the fingerprint; declare its class with alsoRuns"),
  /** Files beside the classes. */
  RESOURCES("which resource is read cannot be seen; declare it with alsoReads"),
  /** Machine code. */
  NATIVE("native code is not in the fingerprint; change the task's version when it changes");

  private static final Set<String> REFLECTIVE =
      Set.of(
          "java/lang/Class.forName",
          "java/lang/Class.newInstance",
          "java/io/ObjectInputStream.readObject",
          "java/lang/ClassLoader.loadClass",
          "java/lang/reflect/Constructor.newInstance",
          "java/lang/reflect/Method.invoke");

  private static final Pattern INSPECTING =
      Pattern.compile(
          "get(Declared)?(Field|Method|Constructor|Annotation)(s|sByType)?"
              + "|getRecordComponents|isAnnotationPresent");

  private static final Set<String> RESOURCEFUL =
      Set.of("java/lang/Class", "java/lang/ClassLoader", "java/lang/Module");

  private final String advice;

  Blind(String advice) {
    this.advice = advice;
  }

  /** What is not seen, and what to do about it. */
  String advice() {
    return advice;
  }

  /** What calling a method of the JDK hides; null if nothing. */
  static @Nullable Blind of(Member called) {
    String owner = called.owner();
    String name = called.name();
    if (REFLECTIVE.contains(owner + "." + name)) {
      return REFLECTION;
    }
    if (RESOURCEFUL.contains(owner)
        && (name.startsWith("getResource") || name.startsWith("getSystemResource"))) {
      return RESOURCES;
    }
    if (owner.equals("java/lang/Class") && INSPECTING.matcher(name).matches()) {
      return INSPECTION;
    }
    return switch (owner) {
      case "java/lang/invoke/MethodHandles$Lookup" ->
          name.matches("find[A-Z].*|unreflect.*|define.*") ? REFLECTION : null;
      case "java/util/ServiceLoader" -> name.startsWith("load") ? SERVICES : null;
      case "java/sql/DriverManager" -> name.startsWith("get") ? SERVICES : null;
      case "javax/script/ScriptEngineManager" -> name.startsWith("get") ? SERVICES : null;
      case "java/util/ResourceBundle" -> name.equals("getBundle") ? RESOURCES : null;
      case "java/lang/System", "java/lang/Runtime" ->
          name.equals("load") || name.equals("loadLibrary") ? NATIVE : null;
      case "java/net/URLClassLoader" ->
          name.startsWith("findResource") || name.startsWith("getResource")
              ? RESOURCES
              : name.equals("loadClass") ? REFLECTION : null;
      default -> null;
    };
  }
}
