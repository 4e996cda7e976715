//! Python's frameworks.

use super::check;

#[test]
fn fastapi_prefixes_are_composed_across_files() {
    check(
        &[
            (
                "src/api/health.py",
                "router = APIRouter(prefix=\"/health\")\n@router.get(\"\")\ndef a(): ...\n@router.get(\"/ready\")\n",
            ),
            (
                "src/main.py",
                "from src.api import health\nfrom .api.calls import router as calls\napp = FastAPI()\n\
                 app.include_router(health.router)\napp.include_router(calls, prefix='/api')\n\
                 @app.get('/version')\n# @app.get('/x')\nnot_a_route = \"@app.get('/y')\"\n",
            ),
            (
                "src/api/calls.py",
                "router = APIRouter(tags=['a'])\n@router.post('/calls')\n",
            ),
        ],
        &[
            "POST /api/calls src/api/calls.py:2",
            "GET /health src/api/health.py:2",
            "GET /health/ready src/api/health.py:4",
            "GET /version src/main.py:6",
        ],
    );
}

#[test]
fn constants_are_followed_and_settings_are_not() {
    let router = "router = APIRouter()\n@router.get('/calls')\n";
    let main = |prefix: &str| {
        format!(
            "from calls import router\nAPI = '/api/v1'\napp = FastAPI()\n\
             app.include_router(router, prefix={prefix})\n"
        )
    };
    let known = ["GET /api/v1/calls calls.py:2"];
    let loose = ["? GET /calls calls.py:2"];
    check(&[("calls.py", router), ("main.py", &main("API"))], &known);
    check(
        &[("calls.py", router), ("main.py", &main("f'{API}'"))],
        &known,
    );
    check(
        &[("calls.py", router), ("main.py", &main("settings.API"))],
        &loose,
    );
    check(
        &[("calls.py", router), ("main.py", "app = FastAPI()\n")],
        &loose,
    );
}

#[test]
fn flask_blueprints_hang_where_they_are_registered() {
    check(
        &[
            (
                "shop/auth.py",
                "bp = Blueprint('auth', __name__, url_prefix='/auth')\n@bp.route('/login', methods=['GET', 'POST'])\n\
                 def a(): ...\n",
            ),
            (
                "shop/cart.py",
                "bp = Blueprint('cart', __name__, url_prefix='/old')\n@bp.post('/items')\ndef a(): ...\n",
            ),
            (
                "shop/__init__.py",
                "def create_app():\n    app = Flask(__name__)\n    from . import auth\n    from .cart import bp as cart\n    \
                 app.register_blueprint(auth.bp)\n    app.register_blueprint(cart, url_prefix='/cart')\n    \
                 @app.route('/ready')\n    def ready(): ...\n    return app\n",
            ),
        ],
        &[
            "* /ready shop/__init__.py:7",
            "GET /auth/login shop/auth.py:2",
            "POST /auth/login shop/auth.py:2",
            "POST /cart/items shop/cart.py:2",
        ],
    );
}

#[test]
fn starlette_and_aiohttp_routes_hang_in_lists() {
    check(
        &[(
            "a.py",
            "routes = [\n    Route('/ready', r),\n    Mount('/api', routes=[Route('/calls', c, methods=['POST'])]),\n]\n\
             app = Starlette(routes=routes)\n",
        )],
        &["* /ready a.py:2", "POST /api/calls a.py:3"],
    );
    check(
        &[(
            "a.py",
            "app = web.Application()\napp.router.add_get('/health', h)\n\
             app.add_routes([web.post('/calls', c)])\nsub = web.Application()\nsub.router.add_get('/x', x)\n\
             app.add_subapp('/admin', sub)\ncache.get('/key')\n",
        )],
        &[
            "GET /health a.py:2",
            "POST /calls a.py:3",
            "GET /admin/x a.py:5",
        ],
    );
}

const SETTINGS: (&str, &str) = ("shop/settings.py", "ROOT_URLCONF = 'shop.urls'\n");

#[test]
fn django_urls_are_followed_from_their_root() {
    let root = "from django.contrib import admin\nfrom django.urls import include, path, re_path\n\n\
                urlpatterns = [\n    path('admin/', admin.site.urls),\n    path('api/', include('users.urls')),\n    \
                re_path(r'^health/$', health),\n    path('v2/', include([path('ping/', ping)])),\n    \
                # path('old/', old),\n]\n";
    let users = "from django.urls import path\nfrom . import views\nfrom .views import LoginView\n\n\
                 urlpatterns = [\n    path('login/', LoginView.as_view()),\n    path('users/<int:pk>/', views.user),\n]\n";
    let views = "class LoginView(APIView):\n    def post(self, request):\n        pass\n\n@api_view(['GET', 'DELETE'])\n\
                 def user(request, pk):\n    pass\n";
    check(
        &[
            SETTINGS,
            ("shop/urls.py", root),
            ("users/urls.py", users),
            ("users/views.py", views),
        ],
        &[
            "* /admin/ shop/urls.py:5",
            "* /health/ shop/urls.py:7",
            "* /v2/ping/ shop/urls.py:8",
            "POST /api/login/ users/urls.py:6",
            "GET /api/users/<int:pk>/ users/urls.py:7",
            "DELETE /api/users/<int:pk>/ users/urls.py:7",
        ],
    );
}

#[test]
fn django_patterns_that_may_not_be_served_arent() {
    let urls = "from django.urls import path\nurlpatterns = [path('a/', a)]\nif settings.DEBUG:\n    \
                urlpatterns += [path('debug/', d)]\nurlpatterns += i18n_patterns(path('b/', b))\n\
                unused = [path('c/', c)]\n";
    check(
        &[SETTINGS, ("shop/urls.py", urls)],
        &[
            "* /a/ shop/urls.py:2",
            "? * debug/ shop/urls.py:4",
            "? * b/ shop/urls.py:5",
            "? * c/ shop/urls.py:6",
        ],
    );
    // No settings name it: nothing tells where it hangs.
    check(
        &[(
            "users/urls.py",
            "from django.urls import path\nurlpatterns = [path('a/', a)]\n",
        )],
        &["? * a/ users/urls.py:2"],
    );
}

#[test]
fn routers_of_django_rest_framework_serve_what_their_sets_do() {
    let urls = "from django.urls import include, path\nfrom .views import UserSet, LogSet\nrouter = DefaultRouter()\n\
                router.register(r'users', UserSet)\nrouter.register('logs', LogSet)\n\
                urlpatterns = [path('api/', include(router.urls))]\n";
    let views = "class UserSet(viewsets.ModelViewSet):\n    pass\n\nclass LogSet(viewsets.GenericViewSet):\n    \
                 def list(self, request):\n        pass\n";
    check(
        &[SETTINGS, ("shop/urls.py", urls), ("shop/views.py", views)],
        &[
            "GET /api/users/ shop/urls.py:4",
            "POST /api/users/ shop/urls.py:4",
            "DELETE /api/users/{pk}/ shop/urls.py:4",
            "GET /api/users/{pk}/ shop/urls.py:4",
            "PATCH /api/users/{pk}/ shop/urls.py:4",
            "PUT /api/users/{pk}/ shop/urls.py:4",
            "GET /api/logs/ shop/urls.py:5",
        ],
    );
}

#[test]
fn an_application_beside_the_one_that_is_started_serves_nothing() {
    let app = "app = FastAPI()\n@app.get('/a')\ndef a(): run()\n";
    let other = "app = FastAPI()\n@app.get('/b')\ndef b(): run()\n";
    let docker = "FROM python\nCMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\"]\n";
    check(
        &[
            ("loans/Dockerfile", docker),
            ("loans/app/main.py", app),
            ("loans/app/old.py", other),
            ("mail/main.py", other),
        ],
        &[
            "GET /a loans/app/main.py:2",
            "GET /b mail/main.py:2",
            "? GET /b loans/app/old.py:2",
        ],
    );
    // What main mounts, or starts under another name, is served.
    let mounts = "from app.old import app as old\napp = FastAPI()\napp.mount('/old', old)\n";
    check(
        &[
            (
                "loans/docker-compose.yml",
                "services:\n  a:\n    command: uvicorn app.main:app\n",
            ),
            ("loans/app/main.py", mounts),
            ("loans/app/old.py", other),
        ],
        &["GET /old/b loans/app/old.py:2"],
    );
    let passes = "from app.old import app\n";
    check(
        &[
            ("loans/Dockerfile", docker),
            ("loans/app/main.py", passes),
            ("loans/app/old.py", other),
            ("loans/app/own.py", &format!("{app}uvicorn.run(app)\n")),
        ],
        &["GET /b loans/app/old.py:2", "GET /a loans/app/own.py:2"],
    );
}
