//! What Laravel and Rails call the method of a controller by that answers a route. Nothing looks
//! whether it is there before somebody asks for the route.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

use super::super::Tree;
use super::super::model::Endpoint;
use super::code::{Code, Language};
use super::symbols::{Definition, Definitions, Sort};
use super::uses::{line_start, places, statement};
use super::variables::{pattern, patterns};

patterns! {
    LISTED = r#"\[\s*(?:\w*\\)*(\w+)::class\s*,\s*["'](\w+)["']\s*,?\s*\]"#;
    AT = r#"["'](?:\w*\\)*(\w+)@(\w+)["']"#;
    OF_RESOURCE = r#"\b(?:apiResource|resource)\(\s*["'][^"']*["']\s*,\s*(?:\w*\\)*(\w+)::class"#;
    INVOKED = r#"["']\s*,\s*(?:\w*\\)*(\w+)::class\s*,?\s*\)"#;
    HASHED = r#"["'](?:\w+/)*(\w+)#(\w+)["']"#;
    RESOURCES = r"^\s*resources\s*\(?\s*:(\w+)\s*(?:\)|,\s*(?:only|except)\b|do\b|$)";
}

/// A method of a controller that is to answer a route.
#[derive(Debug, PartialEq, Eq)]
pub struct Action {
    class: String,
    name: String,
}

/// Returns which method of a controller is to answer an endpoint, where the route names one and no
/// page is rendered without it.
pub fn action(tree: &Tree, endpoint: &Endpoint) -> Option<Action> {
    let at = &endpoint.origin;
    let code = Code::new(&at.path, tree.get(&at.path)?)?;
    let asked = endpoint.method.as_deref() == Some("GET");
    let start = line_start(&code, at.line);
    let said = code.text.get(start..statement(&code, start))?;
    if code.language == Language::Php {
        return of_laravel(said, endpoint);
    }
    let ruby = code.language == Language::Ruby;
    let action = ruby.then(|| of_rails(said, endpoint)).flatten();
    action.filter(|action| !(asked && is_rendered(tree, action)))
}

impl Action {
    /// Returns where it is: in its class, or in a type that this one's file names.
    pub fn definitions<'d>(&self, tree: &Tree, all: &'d Definitions) -> Vec<&'d Definition> {
        let own = all.named(&self.class).iter();
        let own = own.filter(|it| it.sort == Sort::Type);
        let texts: Vec<&str> = own
            .filter_map(|it| tree.get(&it.origin.path).map(AsRef::as_ref))
            .collect();
        let of_it = |it: &&Definition| {
            let owner = it.within.as_deref();
            let taken = |owner: &str| texts.iter().any(|it| places(it, owner).next().is_some());
            it.sort == Sort::Function && owner.is_some_and(taken)
        };
        all.named(&self.name).iter().filter(of_it).collect()
    }

    /// Returns what its method is called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}()", self.class, self.name)
    }
}

fn of_laravel(said: &str, endpoint: &Endpoint) -> Option<Action> {
    let named = [&LISTED, &AT].into_iter().find_map(|it| captured(it, said));
    let of_resource = || {
        let found = OF_RESOURCE.as_ref()?.captures(said)?;
        let one = endpoint.path.ends_with('}');
        Some(called(&found[1], resourceful(endpoint, one, "store")?))
    };
    let invoked = || {
        let found = INVOKED.as_ref()?.captures(said)?;
        Some(called(&found[1], "__invoke"))
    };
    named.or_else(of_resource).or_else(invoked)
}

fn of_rails(said: &str, endpoint: &Endpoint) -> Option<Action> {
    let named = captured(&HASHED, said).map(|it| Action {
        class: controller(&it.class),
        ..it
    });
    named.or_else(|| {
        let found = RESOURCES.as_ref()?.captures(said.lines().next()?)?;
        let one = endpoint.path.ends_with(":id");
        let name = resourceful(endpoint, one, "create")?;
        Some(called(&controller(&found[1]), name))
    })
}

fn captured(pattern: &LazyLock<Option<Regex>>, said: &str) -> Option<Action> {
    let found = pattern.as_ref()?.captures(said)?;
    Some(called(&found[1], &found[2]))
}

fn called(class: &str, name: &str) -> Action {
    let (class, name) = (class.to_owned(), name.to_owned());
    Action { class, name }
}

/// Returns what a resource's action is called that answers an endpoint, of one or of all.
fn resourceful(endpoint: &Endpoint, one: bool, made: &'static str) -> Option<&'static str> {
    match endpoint.method.as_deref()? {
        "GET" if one => Some("show"),
        "GET" => Some("index"),
        "POST" => Some(made),
        "PUT" | "PATCH" => Some("update"),
        "DELETE" => Some("destroy"),
        _ => None,
    }
}

/// Returns what Rails calls the class of a controller: `stock_items` is `StockItemsController`.
fn controller(name: &str) -> String {
    let pieces = name.split('_').map(|piece| {
        let (first, rest) = piece.split_at(piece.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    pieces.collect::<String>() + "Controller"
}

/// Returns whether Rails renders a page for an action that needs no method.
fn is_rendered(tree: &Tree, action: &Action) -> bool {
    let page = format!("{}.", action.name);
    let views = |path: &str| {
        let (folder, file) = path.rsplit_once('/')?;
        let (_, of) = folder.rsplit_once("app/views/")?;
        let named = of.rsplit('/').next()?.replace('_', "") + "controller";
        (file.starts_with(&page) && named == action.class.to_ascii_lowercase()).then_some(())
    };
    tree.iter().any(|(path, _)| views(path).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::super::model::Origin;
    use super::*;

    const CONTROLLER: &str = "<?php\nclass OrderController extends Controller\n{\n    \
        use Listing;\n\n    public function show($id) { return Order::find($id); }\n}\n";
    const TRAIT: &str = "<?php\ntrait Listing\n{\n    public function index() \
        { return $this->all(); }\n}\n";
    const OTHER: &str = "<?php\nclass Other\n{\n    public function store() \
        { return 1; }\n}\n";

    fn check(route: &str, (method, path): (&str, &str), expected: Option<&str>) {
        let ruby = route.starts_with("Rails");
        let file = if ruby {
            "config/routes.rb"
        } else {
            "routes/api.php"
        };
        let tree = Tree::from_iter([
            (file.to_owned(), route.to_owned()),
            ("app/OrderController.php".to_owned(), CONTROLLER.to_owned()),
            ("app/Listing.php".to_owned(), TRAIT.to_owned()),
            ("app/Other.php".to_owned(), OTHER.to_owned()),
            (
                "app/controllers/stock_items_controller.rb".to_owned(),
                "class StockItemsController < ApplicationController\n  def create\n    \
                 render json: {}\n  end\nend\n"
                    .to_owned(),
            ),
            (
                "app/views/stock_items/index.html.erb".to_owned(),
                "<p>all</p>\n".to_owned(),
            ),
        ]);
        let endpoint = Endpoint {
            method: Some(method.to_owned()),
            path: path.to_owned(),
            origin: Origin {
                path: file.to_owned(),
                line: 2,
            },
        };
        let all = Definitions::of(&tree);
        let missing = action(&tree, &endpoint)
            .filter(|it| it.definitions(&tree, &all).is_empty())
            .map(|it| it.to_string());
        assert_eq!(missing.as_deref(), expected, "{route}");
    }

    #[test]
    fn laravel_calls_methods_of_controllers_by_name() {
        let check = |route: &str, of: (&str, &str), expected: Option<&str>| {
            check(&format!("<?php\n{route}\n"), of, expected);
        };
        let missing = Some("OrderController::store()");
        let (made, all, one) = (
            ("POST", "/orders"),
            ("GET", "/orders"),
            ("GET", "/orders/{id}"),
        );
        check(
            "Route::post('/orders', [OrderController::class, 'store']);",
            made,
            missing,
        );
        check(
            "Route::get('/orders/{id}', [OrderController::class, 'show']);",
            one,
            None,
        );
        check(
            r"Route::get('/orders', [\App\OrderController::class, 'index']);",
            all,
            None,
        );
        check(
            r"Route::post('/orders', 'Api\OrderController@store');",
            made,
            missing,
        );
        check(
            "Route::apiResource('orders', OrderController::class);",
            made,
            missing,
        );
        check(
            "Route::apiResource('orders', OrderController::class);",
            one,
            None,
        );
        check(
            "Route::post('/orders', PlaceOrder::class);",
            made,
            Some("PlaceOrder::__invoke()"),
        );
        check("Route::post('/orders', fn () => place());", made, None);
    }

    #[test]
    fn rails_calls_actions_by_the_names_of_controllers() {
        let check = |route: &str, of: (&str, &str), expected: Option<&str>| {
            let text = format!("Rails.application.routes.draw do\n  {route}\nend\n");
            check(&text, of, expected);
        };
        let missing = Some("StockItemsController::destroy()");
        let (made, one) = (("POST", "/stock_items"), ("DELETE", "/stock_items/:id"));
        check("post '/stock_items', to: 'stock_items#create'", made, None);
        check(
            "delete '/stock_items/:id' => 'api/stock_items#destroy'",
            one,
            missing,
        );
        check("resources :stock_items, only: [:create]", made, None);
        check("resources :stock_items", one, missing);
        check("resources :stock_items", ("GET", "/stock_items"), None);
    }
}
