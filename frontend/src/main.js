// What our pages do beyond links and forms. Every page works without it.
import { confirmFirst } from "./confirm.js";
import { keepTyped } from "./keep.js";
import { menus, pictures, present, tools } from "./page.js";
import { themeSwitch } from "./switch.js";

document.documentElement.classList.add("js");
themeSwitch();
menus();
present();
tools();
pictures();
confirmFirst();
keepTyped();
