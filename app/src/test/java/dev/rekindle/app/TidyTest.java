package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know, over every source file of the project. */
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final int FILE_LINES_MAX = 400;
    private static final int METHOD_LINES_MAX = 70;
    private static final int CONSTRUCTOR_PARAMETERS_MAX = 6;

    /** What must not be called outside mains, the platform and the test kit, and what to use instead. */
    private static final Map<String, String> REPLACEMENTS = Map.of(
            "Instant.now()", "a java.time.Clock",
            "LocalDate.now()", "a java.time.Clock",
            "System.currentTimeMillis()", "a java.time.Clock",
            "Thread.sleep(", "dev.rekindle.platform.Loop or a condition",
            "UUID.randomUUID()", "dev.rekindle.platform.Ids",
            "new Random()", "a RandomGenerator",
            "System.out.print", "a logger (or the console of the command line)");

    private static final List<String> SUFFIXES_FORBIDDEN =
            List.of("Manager", "Helper", "Util", "Utils", "Impl", "Base", "Processor", "Handler");

    private static final Pattern SQL = Pattern.compile("\\.(selectFrom|insertInto|deleteFrom|selectOne)\\(");

    private static List<Path> sources(String... endings) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .filter(file -> Stream.of(
                                    "/target/", "/node_modules/", "/dist/", "/src/gen/", "/.git/", "/.rekindle/")
                            .noneMatch(file.toString()::contains))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isMain(Path file) {
        return file.toString().contains("/src/main/");
    }

    private static String show(Path file) {
        return ROOT.relativize(file).toString();
    }

    @Test
    void files_stay_under_four_hundred_lines() throws IOException {
        List<String> long_ = new ArrayList<>();
        for (Path file : sources(".java", ".ts", ".tsx", ".lua")) {
            long lines = Files.readAllLines(file).size();
            if (lines > FILE_LINES_MAX) {
                long_.add(show(file) + " has " + lines + " lines");
            }
        }
        assertThat(long_).isEmpty();
    }

    @Test
    void time_ids_and_chance_are_injected() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".java")) {
            String path = show(file);
            boolean exempt = !isMain(file)
                    || path.startsWith("platform/")
                    || path.startsWith("testkit/")
                    || path.startsWith("embedded/")
                    || path.endsWith("Main.java")
                    || path.startsWith("app/")
                    || path.startsWith("bench/");
            if (!exempt) {
                String text = Files.readString(file);
                REPLACEMENTS.forEach((call, instead) -> {
                    if (text.contains(call)) {
                        found.add(path + " calls " + call + "; use " + instead);
                    }
                });
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void tests_wait_for_conditions_and_none_is_switched_off() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".java")) {
            if (!isMain(file) && !file.endsWith("TidyTest.java")) {
                String text = Files.readString(file);
                for (String forbidden : List.of("Thread.sleep(", "@Disabled", "assumeTrue(", "assumeFalse(")) {
                    if (text.contains(forbidden)) {
                        found.add(show(file) + " has " + forbidden);
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void sql_lives_in_stores() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".java")) {
            String path = show(file);
            if (isMain(file)
                    && path.startsWith("services/")
                    && !path.endsWith("Store.java")
                    && SQL.matcher(Files.readString(file)).find()) {
                found.add(path);
            }
        }
        assertThat(found).as("SQL outside a Store").isEmpty();
    }

    @Test
    void suppressions_say_why() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".java")) {
            for (String line : Files.readAllLines(file)) {
                if (line.strip().startsWith("@SuppressWarnings") && !line.contains("//")) {
                    found.add(show(file) + ": " + line.strip());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void scripts_of_redis_name_their_keys_arguments_and_result() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".lua")) {
            String head = String.join(
                    "\n", Files.readAllLines(file).stream().limit(12).toList());
            String all = Files.readString(file);
            boolean named = head.contains("-- KEYS[")
                    && (head.contains("-- ARGV[") || !all.contains("ARGV["))
                    && (head.contains("-- Result: ") || file.endsWith("prelude.lua"));
            if (!named) {
                found.add(show(file));
            }
        }
        assertThat(found)
                .as("scripts without KEYS, ARGV and result on their first lines")
                .isEmpty();
    }

    @Test
    void every_package_is_null_marked() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".java")) {
            Path info = file.resolveSibling("package-info.java");
            if (isMain(file) && !(Files.exists(info) && Files.readString(info).contains("@NullMarked"))) {
                found.add(show(file));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void methods_fit_a_screen_and_names_say_what_things_are() throws IOException {
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null)) {
            JavacTask task = task(files, sources(".java"));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                Path file = Path.of(unit.getSourceFile().toUri());
                new Look(unit, positions, show(file), isMain(file), found).scan(unit, null);
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void switches_over_our_own_types_have_no_default_which_would_hide_a_new_case() throws IOException {
        List<Path> mains = sources(".java").stream().filter(TidyTest::isMain).toList();
        List<String> found = new ArrayList<>();
        int seen = 0;
        try (StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null)) {
            JavacTask task = task(files, mains);
            Switches switches = new Switches(Trees.instance(task), found);
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            task.analyze();
            switches.scan(units, null);
            seen = switches.ours;
        }
        assertThat(seen).as("switches over our types that were looked at").isPositive();
        assertThat(found).isEmpty();
    }

    private static JavacTask task(StandardJavaFileManager files, List<Path> sources) {
        return (JavacTask) COMPILER.getTask(
                null,
                files,
                diagnostic -> {},
                List.of("-proc:none", "-classpath", System.getProperty("java.class.path")),
                null,
                files.getJavaFileObjectsFromPaths(sources));
    }

    /** Walks one file. */
    private static final class Look extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final String path;
        private final boolean main;
        private final List<String> found;

        Look(CompilationUnitTree unit, SourcePositions positions, String path, boolean main, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.path = path;
            this.main = main;
            this.found = found;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            String name = type.getSimpleName().toString();
            SUFFIXES_FORBIDDEN.stream()
                    .filter(suffix -> name.endsWith(suffix) || name.startsWith("Abstract"))
                    .findFirst()
                    .ifPresent(suffix -> found.add(path + ": the name " + name + " does not say what it is"));
            return super.visitClass(type, null);
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            BlockTree body = method.getBody();
            if (body != null) {
                LineMap lines = unit.getLineMap();
                long length = lines.getLineNumber(positions.getEndPosition(unit, body))
                        - lines.getLineNumber(positions.getStartPosition(unit, method))
                        + 1;
                if (length > METHOD_LINES_MAX) {
                    found.add(path + ": " + method.getName() + " has " + length + " lines");
                }
            }
            boolean constructor = method.getName().contentEquals("<init>");
            if (main && constructor && method.getParameters().size() > CONSTRUCTOR_PARAMETERS_MAX && body != null) {
                long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
                if (line > 0) {
                    found.add(path + ":" + line + ": a constructor with "
                            + method.getParameters().size() + " parameters");
                }
            }
            return super.visitMethod(method, null);
        }
    }

    /** Walks all files with their types known. */
    private static final class Switches extends TreePathScanner<Void, Void> {
        private final Trees trees;
        private final List<String> found;
        private int ours;

        Switches(Trees trees, List<String> found) {
            this.trees = trees;
            this.found = found;
        }

        @Override
        public Void visitSwitchExpression(SwitchExpressionTree choice, Void nothing) {
            look(choice.getExpression(), choice.getCases());
            return super.visitSwitchExpression(choice, null);
        }

        @Override
        public Void visitSwitch(SwitchTree choice, Void nothing) {
            look(choice.getExpression(), choice.getCases());
            return super.visitSwitch(choice, null);
        }

        private void look(ExpressionTree selector, List<? extends CaseTree> cases) {
            TypeMirror type = trees.getTypeMirror(new TreePath(getCurrentPath(), selector));
            if (type instanceof DeclaredType declared
                    && declared.asElement() instanceof TypeElement element
                    && element.getQualifiedName().toString().startsWith("dev.rekindle.")) {
                ours++;
                if (cases.stream().anyMatch(Switches::isDefault)) {
                    found.add(show(Path.of(getCurrentPath()
                                    .getCompilationUnit()
                                    .getSourceFile()
                                    .toUri())) + ": over "
                            + element.getQualifiedName());
                }
            }
        }

        private static boolean isDefault(CaseTree one) {
            return one.getLabels().stream().anyMatch(label -> label instanceof DefaultCaseLabelTree);
        }
    }
}
